using System.Text;
using Discovery.Wire;

namespace Discovery.Answering;

/// <summary>The name of a question: as it came, and in lower case with its labels. Reused by one worker from packet to packet.</summary>
internal sealed class QuestionName
{
    private readonly byte[] _raw = new byte[DnsQuery.NameBytesMax];
    private readonly byte[] _folded = new byte[DnsQuery.NameBytesMax];
    private readonly byte[] _offsets = new byte[128];
    private int _length;

    /// <summary>How many labels it has; 0 for the root.</summary>
    public int Count { get; private set; }

    /// <summary>The name as it came, its final zero included.</summary>
    public ReadOnlySpan<byte> Raw => _raw.AsSpan(0, _length);

    /// <summary>The name in lower case.</summary>
    public ReadOnlySpan<byte> Folded => _folded.AsSpan(0, _length);

    public void Load(ReadOnlySpan<byte> name)
    {
        _length = name.Length;
        name.CopyTo(_raw);
        DnsName.Fold(name, _folded);
        Count = 0;
        for (int at = 0; _folded[at] != 0; at += 1 + _folded[at])
        {
            _offsets[Count++] = (byte)at;
        }
    }

    /// <summary>A label in lower case.</summary>
    public ReadOnlySpan<byte> Label(int index)
    {
        int at = _offsets[index];
        return _folded.AsSpan(at + 1, _folded[at]);
    }

    /// <summary>The name from a label on, in lower case.</summary>
    public ReadOnlySpan<byte> From(int index) => _folded.AsSpan(OffsetOf(index).._length);

    /// <summary>Where a label begins; the end's zero for the index behind the last.</summary>
    public int OffsetOf(int index) => index < Count ? _offsets[index] : _length - 1;

    /// <summary>The number of labels before a domain; -1 when the name does not end with it.</summary>
    public int LabelsBefore(ReadOnlySpan<byte> domain)
    {
        int at = _length - domain.Length;
        if (at < 0 || !_folded.AsSpan(at, domain.Length).SequenceEqual(domain))
        {
            return -1;
        }

        for (int i = Count; i >= 0; i--)
        {
            int offset = OffsetOf(i);
            if (offset <= at)
            {
                return offset == at ? i : -1;
            }
        }

        return -1;
    }

    /// <summary>Labels joined by dots, as text in lower case; bytes that are no text give nothing that could be found.</summary>
    /// <returns>The characters, or -1.</returns>
    public int Join(int first, int end, Span<char> target)
    {
        if (first >= end)
        {
            return 0;
        }

        int start = OffsetOf(first) + 1;
        ReadOnlySpan<byte> source = _folded.AsSpan(start, OffsetOf(end) - start);
        if (Ascii.ToUtf16(source, target, out int written) == System.Buffers.OperationStatus.Done)
        {
            // Pure ASCII: characters stand where bytes stood.
            for (int i = first + 1; i < end; i++)
            {
                target[OffsetOf(i) - start] = '.';
            }

            return written;
        }

        return JoinText(first, end, target);
    }

    /// <summary>Whether a label holds a byte that Consul's library writes as an escape, so that Consul never finds the name.</summary>
    public bool HasEscapes(int first, int end)
    {
        for (int i = first; i < end; i++)
        {
            foreach (byte b in Label(i))
            {
                if (b is <= (byte)' ' or >= 127 || ".();@\"\\".Contains((char)b, StringComparison.Ordinal))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private int JoinText(int first, int end, Span<char> target)
    {
        int written = 0;
        for (int i = first; i < end; i++)
        {
            if (i > first)
            {
                target[written++] = '.';
            }

            if (System.Text.Unicode.Utf8.ToUtf16(Label(i), target[written..], out _, out int chars, replaceInvalidSequences: false)
                != System.Buffers.OperationStatus.Done)
            {
                return -1;
            }

            written += chars;
        }

        return written;
    }
}
