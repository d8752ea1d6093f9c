using System.Buffers;
using Discovery.State;

namespace Discovery;

/// <summary>A table of the replicated state, as declared by a module. The handle is the same for every snapshot.</summary>
public abstract class StateTable
{
    private protected StateTable(string module, string name)
    {
        Module = module;
        Name = name;
    }

    /// <summary>The module that declared the table.</summary>
    public string Module { get; }

    /// <summary>The table's name, unique within its module.</summary>
    public string Name { get; }

    /// <summary>The position in the schema; depends only on the set of modules.</summary>
    internal int Id { get; private protected set; } = -1;

    /// <summary>Seeds the row hashes, so that equal rows of two tables do not cancel each other out.</summary>
    internal ulong HashSeed { get; private protected set; }

    /// <summary>Whether an application's module declared it: what its code throws rolls the command back.</summary>
    internal bool IsApplication { get; private set; }

    /// <summary>The topics of its rows.</summary>
    internal StateTopicSpace? RowTopics { get; set; }

    /// <summary>How many rows a table has before any is kept encoded.</summary>
    internal int EncodedAbove { get; set; } = 16_384;

    internal string FullName => $"{Module}/{Name}";

    /// <inheritdoc/>
    public override string ToString() => FullName;

    internal void ThrowIfUnbound()
    {
        if (Id < 0)
        {
            throw new InvalidOperationException($"The table {FullName} belongs to no state machine yet.");
        }
    }

    internal void Bind(int id, bool isApplication)
    {
        Invariant.Check(Id < 0 || Id == id, $"table {FullName} belongs to two schemas");
        Id = id;
        IsApplication = isApplication;
        HashSeed = StateHash.SeedOf(FullName);
    }

    internal abstract TableRoot CreateRoot();

    /// <summary>Whether two reads of a row may give two objects.</summary>
    internal abstract bool KeepsEncoded { get; }

    internal abstract void Encode(object row, IBufferWriter<byte> output);

    internal abstract object Decode(ReadOnlySpan<byte> encoded);
}
