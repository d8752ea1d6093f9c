namespace Discovery.Protocol;

/// <summary>What a server must not forget before it speaks again, beside its log.</summary>
/// <param name="Term">The latest term that it has seen.</param>
/// <param name="Vote">Whom it gave its vote in this term, or <see cref="VoterId.None"/>.</param>
internal readonly record struct HardState(ulong Term, VoterId Vote);
