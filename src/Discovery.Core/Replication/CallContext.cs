using System.Diagnostics;
using System.Net;

namespace Discovery;

/// <summary>Who calls, from where, and for which datacenter. One travels with every read and write.</summary>
public sealed record CallContext
{
    /// <summary>The caller is this process itself, in its own datacenter.</summary>
    public static readonly CallContext Local = new();

    /// <summary>The ACL token, or null for the node's own.</summary>
    public string? Token { get; init; }

    /// <summary>The datacenter that is to answer, or null for the node's own.</summary>
    public string? Datacenter { get; init; }

    /// <summary>The node that the call came from, or null for this one.</summary>
    public string? SourceNode { get; init; }

    /// <summary>The address that the call came from, or null for an in-process call.</summary>
    public IPAddress? SourceAddress { get; init; }

    /// <summary>The trace that the call belongs to.</summary>
    public ActivityContext Trace { get; init; }
}
