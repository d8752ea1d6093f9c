namespace Discovery.Core.Tests.State.Trees;

/// <summary>Makes keys that are hard on a tree: zeros and 0xFF in them, prefixes of one another, equal for many bytes.</summary>
internal sealed class Keys(int seed, int alphabet, KeyShape shape)
{
    private static readonly byte[][] Beginnings =
    [
        [], [0], [0xFF], [0, 0, 0, 0, 0, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
        [.. "app/config/"u8], [.. "app/config/00000000"u8], [.. "app/config/00000001/"u8], [.. Enumerable.Repeat((byte)'x', 300)],
    ];

    private readonly Random _random = new(seed);

    public int Next(int below) => _random.Next(below);

    public byte[] NextKey() => shape switch
    {
        KeyShape.Short => Letters(1, 7),
        KeyShape.AroundOneWord => [.. Repeated(_random.Next(4, 8)), .. Letters(3, 4)],
        KeyShape.LongCommon => [.. Beginnings[_random.Next(5, Beginnings.Length)], .. Letters(1, 7)],
        _ => [.. Beginnings[_random.Next(Beginnings.Length)], .. Repeated(_random.Next(12)), .. Letters(1, 5)],
    };

    // The same letter all along, so that keys differ behind the word that a node keeps of them.
    private byte[] Repeated(int count) => [.. Enumerable.Repeat(Letter(_random.Next(2)), count)];

    private byte[] Letters(int from, int below)
    {
        var letters = new byte[_random.Next(from, below)];
        for (int i = 0; i < letters.Length; i++)
        {
            letters[i] = Letter(_random.Next(alphabet));
        }

        return letters;
    }

    private static byte Letter(int letter) => letter switch { 0 => 0, 1 => 0xFF, 2 => 0x7F, int other => (byte)(other * 37) };
}
