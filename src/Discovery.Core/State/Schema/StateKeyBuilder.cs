using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Discovery;

/// <summary>Builds the bytes of a key so that their order is the order of the parts.</summary>
/// <remarks>Start it on a stack buffer (<c>new StateKeyBuilder(stackalloc byte[256])</c>); it rents a larger one when it must.</remarks>
public ref struct StateKeyBuilder
{
    private Span<byte> _buffer;
    private byte[]? _rented;
    private int _length;

    /// <summary>Creates a builder that begins in <paramref name="buffer"/>.</summary>
    /// <param name="buffer">The first buffer, usually on the stack.</param>
    public StateKeyBuilder(Span<byte> buffer)
    {
        _buffer = buffer;
        _rented = null;
        _length = 0;
    }

    /// <summary>The bytes so far.</summary>
    public readonly ReadOnlySpan<byte> Bytes => _buffer[.._length];

    /// <summary>Appends raw bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    public void Append(scoped ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_buffer[_length..]);
        _length += bytes.Length;
    }

    /// <summary>Appends text as UTF-8 and a terminating zero, so that "a", "b" sorts before "ab", "".</summary>
    /// <param name="text">The text; it must not contain U+0000.</param>
    public void Append(scoped ReadOnlySpan<char> text)
    {
        Reserve(Encoding.UTF8.GetMaxByteCount(text.Length) + 1);
        _length += Encoding.UTF8.GetBytes(text, _buffer[_length..]);
        _buffer[_length++] = 0;
    }

    /// <summary>Appends text like <see cref="Append(ReadOnlySpan{char})"/>, lower-cased by the invariant culture's rules.</summary>
    /// <param name="text">The text; it must not contain U+0000.</param>
    public void AppendFolded(scoped ReadOnlySpan<char> text)
    {
        Reserve(text.Length + 1);
        if (Ascii.ToLower(text, _buffer[_length..], out int written) == OperationStatus.Done)
        {
            _length += written;
            _buffer[_length++] = 0;
            return;
        }

        AppendFoldedUnicode(text);
    }

    private void AppendFoldedUnicode(scoped ReadOnlySpan<char> text)
    {
        char[]? rented = text.Length > 128 ? ArrayPool<char>.Shared.Rent(text.Length) : null;
        Span<char> folded = rented ?? stackalloc char[128];
        int length = text.ToLowerInvariant(folded);
        Append(folded[..length]);
        if (rented is not null)
        {
            ArrayPool<char>.Shared.Return(rented);
        }
    }

    /// <summary>Appends a number, most significant byte first.</summary>
    /// <param name="value">The number.</param>
    public void Append(ulong value)
    {
        Reserve(sizeof(ulong));
        BinaryPrimitives.WriteUInt64BigEndian(_buffer[_length..], value);
        _length += sizeof(ulong);
    }

    /// <summary>Starts again with no bytes.</summary>
    public void Clear() => _length = 0;

    /// <summary>Gives back a rented buffer; the builder must not be used afterwards.</summary>
    public void Dispose()
    {
        if (_rented is not null)
        {
            ArrayPool<byte>.Shared.Return(_rented);
            _rented = null;
            _buffer = default;
        }
    }

    private void Reserve(int more)
    {
        if (_buffer.Length - _length >= more)
        {
            return;
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, _length + more));
        _buffer[.._length].CopyTo(larger);
        if (_rented is not null)
        {
            ArrayPool<byte>.Shared.Return(_rented);
        }

        _buffer = _rented = larger;
    }
}
