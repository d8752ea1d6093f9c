namespace Discovery.Protocol;

/// <summary>The hand-over of leadership that is under way.</summary>
internal readonly record struct Transfer(VoterId To, TimeSpan Until);
