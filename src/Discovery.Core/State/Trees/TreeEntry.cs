namespace Discovery.State.Trees;

/// <summary>One key of a tree with its value.</summary>
internal readonly struct TreeEntry<T>(byte[]? key, in T value, byte[]? page, int start)
    where T : struct, ITreeValue
{
    private readonly byte[]? _key = key;

    /// <summary>The value; of a packed one, what is kept beside the bytes.</summary>
    public readonly T Value = value;

    /// <summary>The key; that of a packed entry is copied. Null in an entry that stands for none.</summary>
    public byte[] Key => _key ?? (IsPacked ? KeySpan.ToArray() : null!);

    public ReadOnlySpan<byte> KeySpan => _key ?? TreePage.KeyAt(page!, start);

    public bool IsPacked => _key is null && page is not null;

    /// <summary>The value of a packed entry as bytes.</summary>
    public ReadOnlySpan<byte> Packed => TreePage.ValueAt(page!, start);

    /// <summary>Whether both are the same bytes of the same page.</summary>
    public bool IsSamePacked(byte[]? otherPage, int otherStart) => IsPacked && ReferenceEquals(page, otherPage) && start == otherStart;

    public byte[]? Page => page;

    public int Start => start;
}
