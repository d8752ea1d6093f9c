namespace Discovery.Protocol;

/// <summary>Who takes part in the protocol: a node, together with the log that it keeps.</summary>
/// <remarks>
/// The log's id is made with the write-ahead log. A node that has lost its disk comes back with another one, so that whoever votes or
/// acknowledges under the old identity is surely the one that remembers what it said before.
/// </remarks>
/// <param name="Node">The node's id.</param>
/// <param name="Log">The id of its log.</param>
internal readonly record struct VoterId(Guid Node, Guid Log) : IComparable<VoterId>
{
    public const int EncodedBytes = 32;

    public static readonly VoterId None;

    public int CompareTo(VoterId other)
    {
        int byNode = Node.CompareTo(other.Node);
        return byNode != 0 ? byNode : Log.CompareTo(other.Log);
    }

    public override string ToString() => Node == Guid.Empty ? "none" : $"{Node:D}/{Log:N}"[..45];
}
