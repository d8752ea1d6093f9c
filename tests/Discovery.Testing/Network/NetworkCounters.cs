namespace Discovery.Testing;

/// <summary>What became of the messages so far.</summary>
/// <param name="Sent">Messages handed to the network.</param>
/// <param name="Delivered">Arrivals in an inbox, duplicates included.</param>
/// <param name="Dropped">Lost by chance.</param>
/// <param name="Duplicated">Sent a second time by chance.</param>
/// <param name="Cut">Lost because the link was cut when they were sent or would have arrived.</param>
/// <param name="Unreachable">Lost because no such endpoint was attached, or its inbox was full.</param>
public sealed record NetworkCounters(long Sent, long Delivered, long Dropped, long Duplicated, long Cut, long Unreachable);
