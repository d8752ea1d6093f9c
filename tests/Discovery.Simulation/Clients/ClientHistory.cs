using System.Globalization;
using Discovery.Testing;

namespace Discovery.Simulation;

/// <summary>What clients asked and were answered.</summary>
internal sealed class ClientHistory
{
    private readonly List<Operation<KeyValueInput, KeyValueOutput>?> _operations = [];
    private long _clock;

    public IEnumerable<Operation<KeyValueInput, KeyValueOutput>> Operations =>
        _operations.Where(static operation => operation is not null).Select(static operation => operation!);

    public int Invoke(int client, KeyValueInput input)
    {
        _operations.Add(new Operation<KeyValueInput, KeyValueOutput>(client, input, ++_clock));
        return _operations.Count - 1;
    }

    public void Complete(int operation, KeyValueOutput output) =>
        _operations[operation] = _operations[operation]! with { Completed = ++_clock, Output = output };

    /// <summary>It was surely not done: its value must never be seen.</summary>
    public void Drop(int operation) => _operations[operation] = null;

    public static string? Text(long value) => value == 0 ? null : value.ToString(CultureInfo.InvariantCulture);
}
