namespace Discovery.Wire;

/// <summary>The records of one reply, before they are written. Reused by one worker from reply to reply.</summary>
internal sealed class RecordList
{
    private byte[] _bytes = new byte[4096];
    private int _used;

    public List<ListedRecord> Answers { get; } = [];

    public List<ListedRecord> Authorities { get; } = [];

    public List<ListedRecord> Additionals { get; } = [];

    public void Clear()
    {
        _used = 0;
        Answers.Clear();
        Authorities.Clear();
        Additionals.Clear();
    }

    /// <summary>Adds a record; names in its data are written in full.</summary>
    /// <param name="section">Where to.</param>
    /// <param name="owner">Its owner; empty for the name of the question.</param>
    /// <param name="type">Its type.</param>
    /// <param name="ttl">Its time to live.</param>
    /// <param name="data">Its data.</param>
    public void Add(List<ListedRecord> section, ReadOnlySpan<byte> owner, ushort type, uint ttl, ReadOnlySpan<byte> data)
    {
        var record = new ListedRecord { OwnerLength = owner.Length, DataLength = data.Length, Ttl = ttl, Type = type };
        record.Owner = Append(owner);
        record.Data = Append(data);
        section.Add(record);
    }

    /// <summary>The owner; empty for the name of the question.</summary>
    public ReadOnlySpan<byte> OwnerOf(in ListedRecord record) => _bytes.AsSpan(record.Owner, record.OwnerLength);

    public ReadOnlySpan<byte> DataOf(in ListedRecord record) => _bytes.AsSpan(record.Data, record.DataLength);

    private int Append(ReadOnlySpan<byte> bytes)
    {
        if (_used + bytes.Length > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, _used + bytes.Length));
        }

        bytes.CopyTo(_bytes.AsSpan(_used));
        _used += bytes.Length;
        return _used - bytes.Length;
    }
}
