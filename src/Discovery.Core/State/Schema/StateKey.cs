namespace Discovery;

/// <summary>Keys of one part, in the bytes that <see cref="StateKeyBuilder"/> writes; for keys of several parts, use that.</summary>
/// <remarks>
/// Since text ends in a zero byte, the key of a first part is also the prefix of all keys that begin with exactly that part:
/// <c>snapshot.Scan(orders, StateKey.Of(customer))</c>.
/// </remarks>
public static class StateKey
{
    private const int StackBytes = 256;

    /// <summary>The key that <see cref="StateKeyBuilder.Append(ReadOnlySpan{char})"/> writes.</summary>
    /// <param name="text">The text; it must not contain U+0000.</param>
    public static byte[] Of(ReadOnlySpan<char> text)
    {
        using var key = new StateKeyBuilder(stackalloc byte[StackBytes]);
        key.Append(text);
        return key.Bytes.ToArray();
    }

    /// <summary>The key that <see cref="StateKeyBuilder.AppendFolded"/> writes.</summary>
    /// <param name="text">The text; it must not contain U+0000.</param>
    public static byte[] OfFolded(ReadOnlySpan<char> text)
    {
        using var key = new StateKeyBuilder(stackalloc byte[StackBytes]);
        key.AppendFolded(text);
        return key.Bytes.ToArray();
    }

    /// <summary>The key that <see cref="StateKeyBuilder.Append(ulong)"/> writes.</summary>
    /// <param name="value">The number.</param>
    public static byte[] Of(ulong value)
    {
        using var key = new StateKeyBuilder(stackalloc byte[sizeof(ulong)]);
        key.Append(value);
        return key.Bytes.ToArray();
    }
}
