namespace Discovery.State;

/// <summary>Copies results; those of one byte, which most commands have, are shared.</summary>
internal static class SmallResults
{
    private static readonly byte[][] OneByte = Create();

    public static ReadOnlyMemory<byte> Copy(ReadOnlySpan<byte> result) => result.Length == 1 ? OneByte[result[0]] : result.ToArray();

    private static byte[][] Create()
    {
        var results = new byte[256][];
        for (int i = 0; i < results.Length; i++)
        {
            results[i] = [(byte)i];
        }

        return results;
    }
}
