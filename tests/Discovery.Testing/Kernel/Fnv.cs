using System.Runtime.InteropServices;

namespace Discovery.Testing;

/// <summary>The 64-bit FNV-1a hash, the same on every run and machine.</summary>
internal static class Fnv
{
    internal const ulong Offset = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    internal static ulong Add(ulong hash, ulong value)
    {
        for (int i = 0; i < 8; i++)
        {
            hash = (hash ^ (byte)(value >> (8 * i))) * Prime;
        }

        return hash;
    }

    internal static ulong Add(ulong hash, string text)
    {
        foreach (byte b in MemoryMarshal.AsBytes(text.AsSpan()))
        {
            hash = (hash ^ b) * Prime;
        }

        return Add(hash, (ulong)text.Length);
    }
}
