using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;

namespace Discovery.Wire;

/// <summary>Writes MessagePack, every value in its shortest form.</summary>
/// <remarks>
/// Pass it by <c>ref</c>, and call <see cref="Flush"/> when done, or before anything else writes to the same output: until then the
/// bytes are not part of it. The only exceptions are those of the output, such as <see cref="WireLimitException"/>.
/// </remarks>
internal ref partial struct MessagePackWriter
{
    // Up to this many chars a string is first tried as ASCII, straight into the output.
    private const int ShortStringMax = 255;

    private readonly IBufferWriter<byte> _output;
    private Span<byte> _span;
    private int _position;

    /// <summary>Starts writing at the end of <paramref name="writer"/>.</summary>
    public MessagePackWriter(IBufferWriter<byte> writer)
    {
        _output = writer;
        _span = default;
        _position = 0;
        OldSpec = false;
    }

    /// <summary>Whether strings and binaries are both written as "raw": no str8 and no bin, as HashiCorp's codec does.</summary>
    public bool OldSpec { get; set; }

    /// <summary>Hands the written bytes over to the output.</summary>
    public void Flush()
    {
        if (_position > 0)
        {
            _output.Advance(_position);
        }

        _span = default;
        _position = 0;
    }

    /// <summary>Writes nil.</summary>
    public void WriteNil() => WriteByte(MessagePackCode.Nil);

    /// <summary>Writes a boolean.</summary>
    public void Write(bool value) => WriteByte(value ? MessagePackCode.True : MessagePackCode.False);

    /// <summary>Writes the count of an array; that many values must follow.</summary>
    public void WriteArrayHeader(int count)
    {
        if ((uint)count <= 15)
        {
            WriteByte((byte)(MessagePackCode.FixArray | count));
        }
        else
        {
            WriteHeader16Or32(MessagePackCode.Array16, count);
        }
    }

    /// <summary>Writes the count of a map; that many pairs of key and value must follow.</summary>
    public void WriteMapHeader(int count)
    {
        if ((uint)count <= 15)
        {
            WriteByte((byte)(MessagePackCode.FixMap | count));
        }
        else
        {
            WriteHeader16Or32(MessagePackCode.Map16, count);
        }
    }

    /// <summary>Writes a string, or nil for null. A lone surrogate becomes U+FFFD.</summary>
    public void Write(string? value)
    {
        if (value is null)
        {
            WriteNil();
        }
        else
        {
            Write(value.AsSpan());
        }
    }

    /// <summary>Writes a string. A lone surrogate becomes U+FFFD.</summary>
    public void Write(scoped ReadOnlySpan<char> value)
    {
        Span<byte> span = _span;
        int position = _position;
        int length = value.Length;
        if (length <= ShortStringMax && span.Length - position >= length + 3)
        {
            int header = length <= 31 ? 1 : OldSpec ? 3 : 2;
            if (Ascii.FromUtf16(value, span[(position + header)..], out _) == OperationStatus.Done)
            {
                WriteShortStringHeader(span[position..], header, length);
                _position = position + header + length;
                return;
            }
        }

        WriteUtf16(value);
    }

    /// <summary>Writes a string that is UTF-8 already.</summary>
    public void WriteString(scoped ReadOnlySpan<byte> utf8)
    {
        int length = utf8.Length;
        Span<byte> span = _span;
        int position = _position;
        if (length <= 31 && span.Length - position > length)
        {
            span[position] = (byte)(MessagePackCode.FixStr | length);
            utf8.CopyTo(span[(position + 1)..]);
            _position = position + 1 + length;
            return;
        }

        WriteStringHeader(length);
        WriteRaw(utf8);
    }

    /// <summary>Writes the header of a string; that many bytes of UTF-8 must follow by <see cref="WriteRaw"/>.</summary>
    public void WriteStringHeader(int byteCount)
    {
        if ((uint)byteCount <= 31)
        {
            WriteByte((byte)(MessagePackCode.FixStr | byteCount));
        }
        else if (!OldSpec && (uint)byteCount <= byte.MaxValue)
        {
            WriteHeader8(MessagePackCode.Str8, (byte)byteCount);
        }
        else
        {
            WriteHeader16Or32(MessagePackCode.Str16, byteCount);
        }
    }

    /// <summary>Writes a binary, or nil for null.</summary>
    public void Write(byte[]? value)
    {
        if (value is null)
        {
            WriteNil();
        }
        else
        {
            Write(new ReadOnlySpan<byte>(value));
        }
    }

    /// <summary>Writes a binary; in the old spec it is the same as a string of these bytes.</summary>
    public void Write(scoped ReadOnlySpan<byte> value)
    {
        WriteBinHeader(value.Length);
        WriteRaw(value);
    }

    /// <summary>Writes the header of a binary; that many bytes must follow by <see cref="WriteRaw"/>.</summary>
    public void WriteBinHeader(int length)
    {
        if (OldSpec)
        {
            WriteStringHeader(length);
        }
        else if ((uint)length <= byte.MaxValue)
        {
            WriteHeader8(MessagePackCode.Bin8, (byte)length);
        }
        else
        {
            WriteHeader16Or32(MessagePackCode.Bin16, length);
        }
    }

    /// <summary>Writes bytes as they are: values encoded elsewhere, or the payload after a header.</summary>
    public void WriteRaw(scoped ReadOnlySpan<byte> rawMessagePackBlock)
    {
        if (rawMessagePackBlock.Length > _span.Length - _position)
        {
            Reserve(rawMessagePackBlock.Length);
        }

        rawMessagePackBlock.CopyTo(_span[_position..]);
        _position += rawMessagePackBlock.Length;
    }

    /// <summary>Writes the header of an extension; its payload must follow by <see cref="WriteRaw"/>.</summary>
    public void WriteExtensionFormatHeader(ExtensionHeader header)
    {
        byte code = header.Length switch
        {
            1 => MessagePackCode.FixExt1,
            2 => MessagePackCode.FixExt2,
            4 => MessagePackCode.FixExt4,
            8 => MessagePackCode.FixExt8,
            16 => MessagePackCode.FixExt16,
            _ => 0,
        };
        if (code != 0)
        {
            WriteByte(code);
        }
        else if (header.Length <= byte.MaxValue)
        {
            WriteHeader8(MessagePackCode.Ext8, (byte)header.Length);
        }
        else
        {
            WriteHeader16Or32(MessagePackCode.Ext16, checked((int)header.Length));
        }

        WriteByte((byte)header.TypeCode);
    }

    /// <summary>Writes an extension.</summary>
    public void WriteExtensionFormat(sbyte typeCode, scoped ReadOnlySpan<byte> data)
    {
        WriteExtensionFormatHeader(new ExtensionHeader(typeCode, (uint)data.Length));
        WriteRaw(data);
    }

    private static void WriteShortStringHeader(Span<byte> target, int headerLength, int length)
    {
        if (headerLength == 1)
        {
            target[0] = (byte)(MessagePackCode.FixStr | length);
        }
        else if (headerLength == 2)
        {
            target[1] = (byte)length;
            target[0] = MessagePackCode.Str8;
        }
        else
        {
            target[2] = (byte)length;
            target[1] = 0;
            target[0] = MessagePackCode.Str16;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteUtf16(scoped ReadOnlySpan<char> value)
    {
        int byteCount = Encoding.UTF8.GetByteCount(value);
        WriteStringHeader(byteCount);
        if (byteCount > _span.Length - _position)
        {
            Reserve(byteCount);
        }

        _position += Encoding.UTF8.GetBytes(value, _span[_position..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void WriteByte(byte value)
    {
        Span<byte> span = _span;
        int position = _position;
        if ((uint)position >= (uint)span.Length)
        {
            WriteByteAfterReserve(value);
            return;
        }

        span[position] = value;
        _position = position + 1;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteByteAfterReserve(byte value)
    {
        Reserve(1);
        _span[_position++] = value;
    }

    private void WriteHeader8(byte code, byte length)
    {
        Span<byte> target = Take(2);
        target[1] = length;
        target[0] = code;
    }

    // The code for 32 bits follows the one for 16 in each family.
    private void WriteHeader16Or32(byte code16, int length)
    {
        if (length < 0)
        {
            ThrowNegative(length);
        }

        if (length <= ushort.MaxValue)
        {
            Span<byte> target = Take(3);
            target[0] = code16;
            BinaryPrimitives.WriteUInt16BigEndian(target[1..], (ushort)length);
        }
        else
        {
            Span<byte> target = Take(5);
            target[0] = (byte)(code16 + 1);
            BinaryPrimitives.WriteUInt32BigEndian(target[1..], (uint)length);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<byte> Take(int count)
    {
        if (count > _span.Length - _position)
        {
            Reserve(count);
        }

        Span<byte> target = _span.Slice(_position, count);
        _position += count;
        return target;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Reserve(int count)
    {
        Flush();
        _span = _output.GetSpan(count);
    }

    [DoesNotReturn]
    private static void ThrowNegative(int length) =>
        throw new ArgumentOutOfRangeException(nameof(length), length, "A count cannot be negative.");
}
