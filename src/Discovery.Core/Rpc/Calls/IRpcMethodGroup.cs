namespace Discovery;

/// <summary>Methods that this node answers when other nodes call them: how a package adds its own.</summary>
/// <remarks>Register it as a singleton before the node starts; two methods of one name fail the start.</remarks>
public interface IRpcMethodGroup
{
    /// <summary>The methods.</summary>
    IReadOnlyList<RpcMethod> Methods { get; }
}
