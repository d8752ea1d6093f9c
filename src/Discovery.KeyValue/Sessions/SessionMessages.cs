namespace Discovery.Sessions;

/// <summary>How a session's creation was answered.</summary>
internal readonly record struct SessionResult(SessionRefusal Refusal, string Subject)
{
    public static readonly SessionResult Created = new(SessionRefusal.None, "");
}

/// <summary>Ends one session.</summary>
internal sealed record SessionDestruction(Guid Session, SessionEnd End);

/// <summary>Ends leases that have run out under the leader of an epoch.</summary>
internal sealed record SessionExpiry(ulong Epoch, IReadOnlyList<Guid> Sessions);
