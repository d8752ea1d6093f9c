namespace Discovery.Simulation;

/// <summary>What a process does shortly before it crashes.</summary>
internal enum CrashTrigger
{
    None,
    StateWrite,
    Append,
    Truncation,
    Install,
    VoteSent,
}
