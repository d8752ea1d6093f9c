using System.Buffers;

namespace Discovery.Storage;

/// <summary>A segment and where in it the entries are that still count; guarded by the store's lock.</summary>
internal sealed class LogSegment(uint number, string path, int length)
{
    private uint[] _offsets = [];
    private int _readers;
    private bool _isDropped;

    public uint Number => number;

    public string Path => path;

    /// <summary>The length of the file.</summary>
    public int Length => length;

    /// <summary>Where what was found in the file ends, when it was opened.</summary>
    public int End { get; set; } = LogLayout.DataOffset;

    /// <summary>The first entry in it that counts, while there is one.</summary>
    public ulong First { get; private set; }

    public int Count { get; private set; }

    public ulong Last => First + (ulong)Count - 1;

    /// <summary>Null until the file is made.</summary>
    public IDiskFile? File { get; set; }

    public void Add(ulong index, uint offset)
    {
        if (Count == 0)
        {
            First = index;
        }

        Invariant.Check(index == First + (ulong)Count, "entries of a segment are added in order");
        if (Count == _offsets.Length)
        {
            uint[] larger = ArrayPool<uint>.Shared.Rent(Math.Max(256, Count * 2));
            _offsets.AsSpan(0, Count).CopyTo(larger);
            Return();
            _offsets = larger;
        }

        _offsets[Count++] = offset;
    }

    public uint OffsetOf(ulong index) => _offsets[(int)(index - First)];

    /// <summary>The entries after an index count no more.</summary>
    public void TruncateAfter(ulong index)
    {
        if (Count > 0 && Last > index)
        {
            Count = index < First ? 0 : (int)(index - First) + 1;
        }
    }

    public void BeginRead() => _readers++;

    public void EndRead()
    {
        _readers--;
        DisposeIfUnused();
    }

    /// <summary>The segment goes; the file is closed when its last reader is done.</summary>
    public void Drop()
    {
        _isDropped = true;
        DisposeIfUnused();
    }

    private void DisposeIfUnused()
    {
        if (_isDropped && _readers == 0)
        {
            File?.Dispose();
            File = null;
            Count = 0;
            Return();
            _offsets = [];
        }
    }

    private void Return()
    {
        if (_offsets.Length > 0)
        {
            ArrayPool<uint>.Shared.Return(_offsets);
        }
    }
}
