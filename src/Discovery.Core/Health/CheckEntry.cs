namespace Discovery.Health;

/// <summary>One check in the hands of <see cref="CheckRunner"/>; touched by its loop only, but for <see cref="AliasDirty"/>.</summary>
internal sealed class CheckEntry(CheckKey key, CheckState state) : DeadlineItem
{
    public int AliasDirty;

    public CheckKey Key { get; } = key;

    public CheckState State { get; } = state;

    /// <summary>Null for checks that nobody runs: TTL and alias.</summary>
    public ICheckProbe? Probe { get; set; }

    public AliasTarget? Alias { get; set; }

    public IDisposable? Subscription { get; set; }

    /// <summary>When the next run, or the next evaluation of an alias, is due; null while one is running or waits for its turn.</summary>
    public TimeSpan? NextRunAt { get; set; }

    /// <summary>Raised by each new definition: results of an older one are dropped.</summary>
    public int Generation { get; set; }

    public bool IsRemoved { get; set; }

    public bool IsWaiting { get; set; }

    /// <summary>The run in progress; of an older definition perhaps.</summary>
    public Task? Run { get; set; }

    public CancellationTokenSource? Cancel { get; set; }
}
