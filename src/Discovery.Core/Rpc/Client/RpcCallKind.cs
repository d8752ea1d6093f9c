namespace Discovery;

/// <summary>What a call does.</summary>
public enum RpcCallKind
{
    /// <summary>It may change something: it is never sent twice when its outcome is unknown.</summary>
    Write = 0,

    /// <summary>It changes nothing: it may be sent again.</summary>
    Read,
}
