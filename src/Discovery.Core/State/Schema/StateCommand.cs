using System.Buffers;

namespace Discovery;

/// <summary>A command of the state machine, as declared by a module.</summary>
public abstract class StateCommand
{
    private protected StateCommand(ushort id, string name)
    {
        Id = id;
        Name = name;
    }

    /// <summary>Its number in the log; never reused for anything else.</summary>
    public ushort Id { get; }

    /// <summary>Its name in logs and metrics.</summary>
    public string Name { get; }

    /// <summary>True for ids from 0x8000 on: a throwing one is rolled back, where a throwing Core command faults the node.</summary>
    internal bool IsApplication => Id >= 0x8000;

    /// <inheritdoc/>
    public override string ToString() => Name;

    internal abstract bool TryApply(StateTransaction transaction, ReadOnlySpan<byte> body, IBufferWriter<byte> result);
}
