namespace Discovery;

/// <summary>The coordinate of a node in one segment of the network.</summary>
/// <param name="Node">The node's name.</param>
/// <param name="Segment">The segment; empty for the one that all nodes are in.</param>
/// <param name="Coordinate">The coordinate.</param>
public sealed record NodeCoordinate(string Node, string Segment, Coordinate Coordinate);
