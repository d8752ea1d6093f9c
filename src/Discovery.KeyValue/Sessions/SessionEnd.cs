namespace Discovery;

/// <summary>Who ends a session.</summary>
public enum SessionEnd
{
    /// <summary>Anybody: its keys are subject to its lock-delay, and to its lease when it is guarded.</summary>
    Destroyed = 0,

    /// <summary>The holder himself, who has stopped what the keys guard: they can be locked at once.</summary>
    Released,
}
