using Discovery.Protocol;
using Discovery.Testing;

namespace Discovery.Simulation;

/// <summary>The replicated state: a few registers, and a hash of all that led to them.</summary>
internal sealed class Registers
{
    private const int KeysMax = 8;
    private long[] _values = new long[KeysMax];

    public LogPosition Last { get; private set; }

    public ulong Hash { get; private set; } = Fnv.Offset;

    public long this[int key] => _values[key];

    public RegisterImage ToImage() => new(Last, Hash, [.. _values]);

    public void Restore(RegisterImage image)
    {
        _values = [.. image.Values];
        Last = image.Last;
        Hash = image.Hash;
    }

    /// <summary>Applies an entry; false when it was a condition that did not hold, or a command without its body.</summary>
    public bool Apply(in LogEntry entry)
    {
        bool isDone = true;
        ulong value = 0;
        if (entry.Kind == EntryKind.Command)
        {
            isDone = false;
            if (RegisterCommand.Decode(entry.Body.Span) is { } command
                && (!command.IsConditional || _values[command.Key] == command.Expected))
            {
                _values[command.Key] = command.Value;
                isDone = true;
                value = (ulong)command.Value ^ ((ulong)command.Key << 56);
            }
        }

        Last = new LogPosition(entry.Index, entry.Term);
        Hash = Fnv.Add(Fnv.Add(Hash, (entry.Index << 20) ^ (entry.Term << 4) ^ (ulong)entry.Kind), value);
        return isDone;
    }
}
