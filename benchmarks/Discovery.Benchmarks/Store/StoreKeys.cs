using System.Globalization;
using System.Text;

namespace Discovery.Benchmarks.Store;

/// <summary>The keys of a store of a given size, in key order; the same every time.</summary>
internal static class StoreKeys
{
    public const int KeysPerFolder = 1_000;

    /// <summary>"app/config/&lt;8 random hex digits&gt;/&lt;n&gt;", a thousand to a folder.</summary>
    public static byte[][] Paths(int count)
    {
        var random = new Random(7);
        string folder = "";
        var keys = new byte[count][];
        for (int i = 0; i < count; i++)
        {
            if (i % KeysPerFolder == 0)
            {
                folder = string.Create(CultureInfo.InvariantCulture, $"app/config/{random.NextInt64(1L << 32):x8}/");
            }

            keys[i] = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{folder}{i % KeysPerFolder}"));
        }

        return Sorted(keys);
    }

    /// <summary>Sixteen random bytes.</summary>
    public static byte[][] Random(int count)
    {
        var random = new Random(8);
        var keys = new byte[count][];
        for (int i = 0; i < count; i++)
        {
            keys[i] = new byte[16];
            random.NextBytes(keys[i]);
        }

        return Sorted(keys);
    }

    private static byte[][] Sorted(byte[][] keys)
    {
        Array.Sort(keys, static (a, b) => a.AsSpan().SequenceCompareTo(b));
        return keys;
    }
}
