using System.Buffers;
using Discovery.State;

namespace Discovery;

/// <summary>A table of immutable rows.</summary>
/// <typeparam name="TRow">The row type; rows are never changed after they were put.</typeparam>
public sealed class StateTable<TRow> : StateTable
    where TRow : class
{
    private readonly List<StateIndex<TRow>> _indexes = [];

    internal StateTable(string module, string name, StateKeyWriter<TRow> key, IStateCodec<TRow> codec)
        : base(module, name)
    {
        WriteKey = key;
        Codec = codec;
    }

    internal StateKeyWriter<TRow> WriteKey { get; }

    /// <summary>Yields the array that a row keeps its key in, for rows that have one.</summary>
    internal Func<TRow, byte[]>? OwnKey { get; set; }

    /// <summary>Keeps rows as bytes, in a table where some are.</summary>
    internal RowPacker<TRow>? Packer { get; private set; }

    internal IStateCodec<TRow> Codec { get; }

    internal StateTopicDerivation<TRow>? Derivation { get; private set; }

    internal IReadOnlyList<StateIndex<TRow>> Indexes => _indexes;

    /// <summary>Adds a secondary index.</summary>
    /// <param name="name">Its name, unique within the table.</param>
    /// <param name="key">Writes what the index orders by; a row for which it writes nothing is left out. Several rows may share a
    /// key.</param>
    /// <returns>The index.</returns>
    public StateIndex<TRow> AddIndex(string name, StateKeyWriter<TRow> key)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(key);
        Invariant.Check(Id < 0, $"table {FullName} is already in use");
        var index = new StateIndex<TRow>(this, name, _indexes.Count, key);
        _indexes.Add(index);
        return index;
    }

    /// <summary>Declares which topics a changed row touches, beyond the table's own.</summary>
    /// <param name="derivation">Called once per changed row, after the command and all reactions have run.</param>
    public void DeriveTopics(StateTopicDerivation<TRow> derivation)
    {
        Invariant.Check(Id < 0, $"table {FullName} is already in use");
        Derivation = derivation;
    }

    /// <summary>Keeps rows of a large table as their encoding, which makes collections of garbage short.</summary>
    /// <remarks>
    /// A full collection visits every object, so that a million rows of three objects each stop the process for long. Rows that are kept
    /// encoded share a few objects with their neighbours; some changes of the neighbours after a row was put it is kept so. Whoever reads
    /// such a row gets a new object, or the one of the last reads: two reads of one row need not give the same object. A table of fewer
    /// than 16,384 rows keeps all as they are.
    /// </remarks>
    /// <param name="isKeptEncoded">Which rows may be: small ones, in no index of the table. Pure, and cheap.</param>
    public void KeepEncoded(Func<TRow, bool> isKeptEncoded)
    {
        ArgumentNullException.ThrowIfNull(isKeptEncoded);
        Invariant.Check(Id < 0, $"table {FullName} is already in use");
        if (OwnKey is null)
        {
            throw new InvalidOperationException($"The rows of {FullName} have no key of their own.");
        }

        Packer = new RowPacker<TRow>(this, isKeptEncoded);
    }

    internal override bool KeepsEncoded => Packer is not null;

    internal override TableRoot CreateRoot() => new TableRoot<TRow>(this);

    internal override void Encode(object row, IBufferWriter<byte> output) => Codec.Write((TRow)row, output);

    internal override TRow Decode(ReadOnlySpan<byte> encoded)
    {
        bool isRow = Codec.TryRead(encoded, out TRow? row);
        Invariant.Check(isRow, $"a row of {FullName} cannot be read from what was written of it");
        return row!;
    }
}
