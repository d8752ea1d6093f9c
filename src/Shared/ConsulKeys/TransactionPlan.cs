namespace Discovery.Consul;

/// <summary>A transaction as Consul's API has it, and the steps that carry it out here.</summary>
/// <remarks>
/// Consul looks at all operations before it carries out the first, and again at each when its turn comes; both tell of every operation that
/// fails. What fails in its turn whatever the state is, an unknown verb for one, becomes a step that cannot succeed: a fence of no lock.
/// So the other operations are judged, and nothing is changed.
/// </remarks>
internal sealed class TransactionPlan
{
    private static readonly FenceOperation Fails = new(new LockFence("-", Guid.AllBitsSet, 0));

    private readonly List<int> _places = [];
    private readonly List<string?> _texts = [];

    /// <summary>The operations, without those that are empty; failures and results are told by their place here.</summary>
    public List<TransactionBody> Operations { get; } = [];

    /// <summary>The steps.</summary>
    public List<TransactionOperation> Steps { get; } = [];

    /// <summary>What the look before the first operation found: with any of these nothing is carried out.</summary>
    public List<(int Operation, string Text)> Refusals { get; } = [];

    /// <summary>Whether any operation counts as a write, as Consul counts.</summary>
    public bool IsWrite { get; private set; }

    /// <summary>The operation that a step belongs to.</summary>
    public int OperationOf(int step) => _places[step];

    /// <summary>The text of a step that cannot succeed; null for any other.</summary>
    public string? TextOf(int step) => _texts[step];

    /// <summary>Whether what a step shows of a key has its value: only who asks for it gets it.</summary>
    public bool ReturnsValue(int step) => Operations[OperationOf(step)].KeyValue?.Verb is "get" or "get-tree";

    /// <summary>What is told of steps that failed.</summary>
    /// <remarks>
    /// The first step of an operation that fails tells of it. A lock-delay is found by the look before the first operation.
    /// </remarks>
    public List<(int Operation, string Text)> ErrorsOf(IReadOnlyList<TransactionFailure> failures)
    {
        bool isDelayed = failures.Any(static failure => failure.Refusal == TransactionRefusal.LockDelay);
        var errors = new List<(int Operation, string Text)>();
        foreach (TransactionFailure failure in failures)
        {
            int operation = OperationOf(failure.Operation);
            if ((!isDelayed || failure.Refusal == TransactionRefusal.LockDelay) && (errors.Count == 0 || errors[^1].Operation != operation))
            {
                errors.Add((operation, TextOf(failure.Operation) ?? TransactionText.Of(Operations[operation], failure)));
            }
        }

        return errors;
    }

    /// <summary>Begins the next operation.</summary>
    public void Begin(TransactionBody operation, bool isWrite)
    {
        Operations.Add(operation);
        IsWrite |= isWrite;
    }

    /// <summary>Adds a step of the operation that was begun last.</summary>
    public void Add(TransactionOperation step)
    {
        Steps.Add(step);
        _places.Add(Operations.Count - 1);
        _texts.Add(null);
    }

    /// <summary>The operation that was begun last fails in its turn.</summary>
    public void Fail(string text)
    {
        Add(Fails);
        _texts[^1] = text;
    }

    /// <summary>The operation that was begun last makes the whole fail before its first operation.</summary>
    public void Refuse(string text) => Refusals.Add((Operations.Count - 1, text));
}
