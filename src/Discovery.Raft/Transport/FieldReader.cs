using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using Discovery.Protocol;

namespace Discovery.Transport;

/// <summary>Reads fields, little endian, from bytes that nobody vouches for: false when there are not enough, never an exception.</summary>
internal ref struct FieldReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _left = bytes;

    /// <summary>The bytes that are left.</summary>
    public readonly int Left => _left.Length;

    public readonly bool IsAtEnd => _left.IsEmpty;

    public bool TryByte(out byte value)
    {
        bool isThere = TryTake(1, out ReadOnlySpan<byte> field);
        value = isThere ? field[0] : (byte)0;
        return isThere;
    }

    /// <summary>Reads 0 or 1.</summary>
    public bool TryBool(out bool value)
    {
        bool isThere = TryByte(out byte read);
        value = read == 1;
        return isThere && read <= 1;
    }

    public bool TryUInt16(out ushort value)
    {
        bool isThere = TryTake(sizeof(ushort), out ReadOnlySpan<byte> field);
        value = isThere ? BinaryPrimitives.ReadUInt16LittleEndian(field) : (ushort)0;
        return isThere;
    }

    public bool TryInt32(out int value)
    {
        bool isThere = TryTake(sizeof(int), out ReadOnlySpan<byte> field);
        value = isThere ? BinaryPrimitives.ReadInt32LittleEndian(field) : 0;
        return isThere;
    }

    public bool TryUInt64(out ulong value)
    {
        bool isThere = TryTake(sizeof(ulong), out ReadOnlySpan<byte> field);
        value = isThere ? BinaryPrimitives.ReadUInt64LittleEndian(field) : 0;
        return isThere;
    }

    public bool TryGuid(out Guid value)
    {
        bool isThere = TryTake(16, out ReadOnlySpan<byte> field);
        value = isThere ? new Guid(field, bigEndian: true) : Guid.Empty;
        return isThere;
    }

    public bool TryVoter(out VoterId voter)
    {
        bool isThere = TryGuid(out Guid node) & TryGuid(out Guid log);
        voter = new VoterId(node, log);
        return isThere;
    }

    public bool TryPosition(out LogPosition position)
    {
        bool isThere = TryUInt64(out ulong index) & TryUInt64(out ulong term);
        position = new LogPosition(index, term);
        return isThere;
    }

    /// <summary>Reads a text that may go into a log line: UTF-8 without control characters.</summary>
    public bool TryText(out string text)
    {
        bool isThere = TryByte(out byte length) & TryTake(length, out ReadOnlySpan<byte> bytes);
        text = "";
        if (!isThere || !Utf8.IsValid(bytes) || bytes.IndexOfAnyInRange((byte)0, (byte)31) >= 0)
        {
            return false;
        }

        text = Encoding.UTF8.GetString(bytes);
        return true;
    }

    public bool TryTake(int count, out ReadOnlySpan<byte> field)
    {
        if (count < 0 || count > _left.Length)
        {
            field = default;
            return false;
        }

        field = _left[..count];
        _left = _left[count..];
        return true;
    }

    /// <summary>All that is left.</summary>
    public ReadOnlySpan<byte> TakeRest()
    {
        ReadOnlySpan<byte> rest = _left;
        _left = default;
        return rest;
    }
}
