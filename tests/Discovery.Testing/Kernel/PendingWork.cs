using System.Reflection;

namespace Discovery.Testing;

/// <summary>The async bodies that were started on a scheduler and have not ended, and what each waits for.</summary>
internal sealed class PendingWork
{
    private const int DepthMax = 12;
    private const BindingFlags AnyInstance = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
    private readonly List<Task> _bodies = [];
    private int _pruneAt = 64;

    /// <summary>Looks at a task that has run: the start of an async body returns the body's own task.</summary>
    internal void Note(object ran)
    {
        if (ran is not Task<Task> { IsCompletedSuccessfully: true } start || start.Result is not { IsCompleted: false } body)
        {
            return;
        }

        _bodies.Add(body);
        if (_bodies.Count > _pruneAt)
        {
            _bodies.RemoveAll(static b => b.IsCompleted);
            _pruneAt = Math.Max(64, 2 * _bodies.Count);
        }
    }

    /// <summary>One line for each pending body: the async methods from the outermost to the one that waits.</summary>
    internal IReadOnlyList<string> Describe() =>
        [.. _bodies.Where(static b => !b.IsCompleted).Select(static b => Describe(b, 0))];

    private static string Describe(Task task, int depth)
    {
        Type type = task.GetType();
        FieldInfo? machine = type.GetField("StateMachine", AnyInstance);
        if (machine?.GetValue(task) is not { } state || depth >= DepthMax)
        {
            return task.Status.ToString();
        }

        string name = $"{state.GetType().DeclaringType?.Name}.{state.GetType().Name}";
        foreach (FieldInfo field in state.GetType().GetFields(AnyInstance))
        {
            if (field.Name.StartsWith("<>u__", StringComparison.Ordinal) && Awaited(field.GetValue(state)) is { } inner)
            {
                return $"{name} > {Describe(inner, depth + 1)}";
            }
        }

        return name;
    }

    private static Task? Awaited(object? awaiter)
    {
        foreach (FieldInfo field in awaiter?.GetType().GetFields(AnyInstance) ?? [])
        {
            object? value = field.GetValue(awaiter);
            if (value is Task { IsCompleted: false } task)
            {
                return task;
            }

            if (field.FieldType.IsValueType && !field.FieldType.IsPrimitive && Awaited(value) is { } nested)
            {
                return nested;
            }
        }

        return null;
    }
}
