using Discovery.Peers.Http;

namespace Discovery.Peers.Tables;

/// <summary>What a request is for, in a table of blocking queries.</summary>
internal enum StepRole
{
    /// <summary>It is sent, and its reply compared.</summary>
    Plain,

    /// <summary>It is sent once, and then again to block.</summary>
    Watch,

    /// <summary>It may not release the blocked request.</summary>
    Unrelated,

    /// <summary>It releases the blocked request.</summary>
    Change,
}

/// <summary>A request of a table, what its reply has to contain before it is compared, and the values that are taken from it.</summary>
internal sealed record Step(StepRole Role, RawRequest Request, string? Until, IReadOnlyList<(string Name, string Path)> Takes);

/// <summary>Requests that are sent in turn to agents which have been emptied before.</summary>
internal sealed record Scenario(string Name, string Mode, IReadOnlyList<Step> Steps)
{
    public override string ToString() => Name;
}
