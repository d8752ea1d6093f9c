using Discovery.State.Trees;

namespace Discovery.State;

/// <summary>A topic that waits to be reaped.</summary>
/// <param name="Space">The id of its space.</param>
/// <param name="Key">Its key.</param>
/// <param name="Index">When it last changed.</param>
internal readonly record struct AbsentTopic(int Space, byte[] Key, ulong Index) : ITreeValue;
