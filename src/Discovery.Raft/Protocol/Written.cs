namespace Discovery.Protocol;

/// <summary>What the disk was given with one value of the core: where the log ended then, term and vote.</summary>
internal readonly record struct Written(ulong Sequence, LogPosition Last, HardState State, TimeSpan Since);
