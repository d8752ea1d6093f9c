using System.Buffers.Binary;
using Discovery.Wire;

namespace Discovery.Answering;

/// <summary>The distinct addresses of one family that a service has, as complete records but for their time to live.</summary>
internal sealed class AddressList
{
    public const int TtlOffset = 6;
    private const int HeadBytes = 12;

    private readonly byte[] _records;
    private readonly long[] _sums;

    /// <param name="instances">Whose addresses.</param>
    /// <param name="wanted">Of which family.</param>
    public AddressList(IReadOnlyList<InstanceRecords> instances, AddressWanted wanted)
    {
        ushort type = wanted == AddressWanted.V4 ? DnsType.A : DnsType.AAAA;
        var places = new Dictionary<RecordAddress, int>();
        var weights = new List<long>();
        foreach (InstanceRecords instance in instances)
        {
            RecordAddress address = instance.For(wanted);
            if (address.Type == type && !places.TryAdd(address, weights.Count))
            {
                weights[places[address]] += instance.Instance.Weight;
            }
            else if (address.Type == type)
            {
                weights.Add(instance.Instance.Weight);
            }
        }

        int addressBytes = wanted == AddressWanted.V4 ? 4 : 16;
        RecordBytes = HeadBytes + addressBytes;
        Count = places.Count;
        _records = new byte[Count * RecordBytes];
        foreach ((RecordAddress address, int place) in places)
        {
            Span<byte> record = _records.AsSpan(place * RecordBytes, RecordBytes);
            BinaryPrimitives.WriteUInt16BigEndian(record, MessageWriter.QuestionPointer);
            BinaryPrimitives.WriteUInt16BigEndian(record[2..], type);
            BinaryPrimitives.WriteUInt16BigEndian(record[4..], DnsClass.IN);
            BinaryPrimitives.WriteUInt16BigEndian(record[10..], (ushort)addressBytes);
            address.Bytes.CopyTo(record[HeadBytes..]);
        }

        bool isEven = weights.TrueForAll(weight => weight == weights[0]);
        _sums = isEven ? [] : new long[Count];
        for (int i = 0; i < _sums.Length; i++)
        {
            _sums[i] = weights[i] + (i > 0 ? _sums[i - 1] : 0);
        }
    }

    public int Count { get; }

    public int RecordBytes { get; }

    public int EstimatedBytes => _records.Length + (8 * _sums.Length) + 64;

    /// <summary>Writes a random selection; where something is left out, weights decide what.</summary>
    /// <returns>The bytes written.</returns>
    public int Write(Span<byte> target, int count, uint ttl, Picker picker)
    {
        bool isWeighted = count < Count && _sums.Length > 0;
        picker.Begin(Count);
        int at = 0;
        for (int i = 0; i < count; i++)
        {
            int index = isWeighted ? picker.Draw(_sums) : picker.Draw();
            _records.AsSpan(index * RecordBytes, RecordBytes).CopyTo(target[at..]);
            BinaryPrimitives.WriteUInt32BigEndian(target[(at + TtlOffset)..], ttl);
            at += RecordBytes;
        }

        picker.End();
        return at;
    }
}
