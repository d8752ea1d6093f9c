namespace Discovery;

/// <summary>How a call is made.</summary>
public sealed record RpcCallOptions
{
    /// <summary>The defaults: a write that is answered at once.</summary>
    public static readonly RpcCallOptions Default = new();

    /// <summary>What the call does.</summary>
    /// <value><see cref="RpcCallKind.Write"/>.</value>
    public RpcCallKind Kind { get; init; }

    /// <summary>How long one server may take to answer; for a blocking query more than it waits, and a sixteenth more.</summary>
    /// <value>30 seconds.</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);
}
