using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Discovery.Benchmarks.Store;

/// <summary>Encodes rows: the key's length, the key, the fixed fields, the value.</summary>
internal sealed class StoreRowCodec : IStateCodec<StoreRow>
{
    public const int FixedBytes = 60;

    public void Write(StoreRow value, IBufferWriter<byte> output)
    {
        int length = FixedBytes + value.Key.Length + value.Value.Length;
        Span<byte> span = output.GetSpan(length);
        BinaryPrimitives.WriteInt32LittleEndian(span, value.Key.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(span[4..], value.Flags);
        BinaryPrimitives.WriteUInt64LittleEndian(span[12..], value.CreateIndex);
        BinaryPrimitives.WriteUInt64LittleEndian(span[20..], value.ModifyIndex);
        BinaryPrimitives.WriteUInt64LittleEndian(span[28..], value.LockIndex);
        BinaryPrimitives.WriteInt64LittleEndian(span[36..], value.ExpiresTicks);
        value.Session.TryWriteBytes(span[44..]);
        value.Key.CopyTo(span[FixedBytes..]);
        value.Value.CopyTo(span[(FixedBytes + value.Key.Length)..]);
        output.Advance(length);
    }

    public bool TryRead(ReadOnlySpan<byte> input, [MaybeNullWhen(false)] out StoreRow value)
    {
        value = null;
        if (input.Length < FixedBytes)
        {
            return false;
        }

        int keyLength = BinaryPrimitives.ReadInt32LittleEndian(input);
        if ((uint)keyLength > (uint)(input.Length - FixedBytes))
        {
            return false;
        }

        value = new StoreRow
        {
            Flags = BinaryPrimitives.ReadUInt64LittleEndian(input[4..]),
            CreateIndex = BinaryPrimitives.ReadUInt64LittleEndian(input[12..]),
            ModifyIndex = BinaryPrimitives.ReadUInt64LittleEndian(input[20..]),
            LockIndex = BinaryPrimitives.ReadUInt64LittleEndian(input[28..]),
            ExpiresTicks = BinaryPrimitives.ReadInt64LittleEndian(input[36..]),
            Session = new Guid(input.Slice(44, 16)),
            Key = input.Slice(FixedBytes, keyLength).ToArray(),
            Value = input[(FixedBytes + keyLength)..].ToArray(),
        };
        return true;
    }
}

/// <summary>Encodes a list of puts: per put the two lengths, the key and the value.</summary>
internal sealed class StorePutsCodec : IStateCodec<List<StorePut>>
{
    public void Write(List<StorePut> value, IBufferWriter<byte> output)
    {
        foreach (StorePut put in value)
        {
            Span<byte> span = output.GetSpan(8 + put.Key.Length + put.Value.Length);
            BinaryPrimitives.WriteInt32LittleEndian(span, put.Key.Length);
            BinaryPrimitives.WriteInt32LittleEndian(span[4..], put.Value.Length);
            put.Key.CopyTo(span[8..]);
            put.Value.CopyTo(span[(8 + put.Key.Length)..]);
            output.Advance(8 + put.Key.Length + put.Value.Length);
        }
    }

    public bool TryRead(ReadOnlySpan<byte> input, [MaybeNullWhen(false)] out List<StorePut> value)
    {
        value = [];
        while (!input.IsEmpty)
        {
            int key = BinaryPrimitives.ReadInt32LittleEndian(input);
            int length = BinaryPrimitives.ReadInt32LittleEndian(input[4..]);
            value.Add(new StorePut(input.Slice(8, key).ToArray(), input.Slice(8 + key, length).ToArray()));
            input = input[(8 + key + length)..];
        }

        return true;
    }
}

/// <summary>One put.</summary>
internal readonly record struct StorePut(byte[] Key, byte[] Value);
