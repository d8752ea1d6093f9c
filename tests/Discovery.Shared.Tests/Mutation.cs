namespace Discovery.Shared.Tests;

/// <summary>Small damages to kept inputs, the same ones for the same seed.</summary>
internal static class Mutation
{
    public static byte[] Apply(Random random, byte[] input, byte[] other)
    {
        List<byte> bytes = [.. input];
        for (int rounds = random.Next(1, 4); rounds > 0; rounds--)
        {
            int at = random.Next(bytes.Count + 1);
            switch (random.Next(6))
            {
                case 0 when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1 when at < bytes.Count:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                case 3:
                    bytes.RemoveRange(at, random.Next(bytes.Count - at + 1));
                    break;
                case 4 when other.Length > 0:
                    bytes.InsertRange(at, other[random.Next(other.Length)..]);
                    break;
                default:
                    int count = random.Next(bytes.Count - at + 1);
                    bytes.InsertRange(at, bytes.GetRange(at, count));
                    break;
            }

            if (bytes.Count > 4096)
            {
                bytes.RemoveRange(4096, bytes.Count - 4096);
            }
        }

        return [.. bytes];
    }

    /// <summary>The lines of a corpus file, without comments.</summary>
    public static string[] Corpus(string file) =>
        [.. File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "corpus", file)).Where(line => !line.StartsWith('#'))];
}
