using System.Buffers.Binary;
using System.Text;

namespace Discovery.State.Snapshots;

/// <summary>Reads the fields of one record; a field that is not there is refused.</summary>
internal ref struct SnapshotFields(ReadOnlySpan<byte> record)
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private ReadOnlySpan<byte> _rest = record;

    public readonly bool IsEnd => _rest.IsEmpty;

    public byte Byte() => Bytes(1)[0];

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Bytes(sizeof(int)));

    public ulong Number() => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(sizeof(ulong)));

    public Guid Id() => new(Bytes(16), bigEndian: true);

    public ReadOnlySpan<byte> Rest() => Bytes(_rest.Length);

    public ReadOnlySpan<byte> Bytes(int count)
    {
        if ((uint)count > (uint)_rest.Length)
        {
            throw SnapshotLoader.Refused("a record is too short");
        }

        ReadOnlySpan<byte> bytes = _rest[..count];
        _rest = _rest[count..];
        return bytes;
    }

    public string Text()
    {
        try
        {
            return Strict.GetString(Rest());
        }
        catch (ArgumentException e)
        {
            throw SnapshotLoader.Refused("a name in it is not UTF-8", e);
        }
    }
}
