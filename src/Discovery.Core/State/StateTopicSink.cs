using Discovery.State;

namespace Discovery;

/// <summary>Takes the topics that a change touches.</summary>
public readonly ref struct StateTopicSink
{
    private readonly TopicTouches _touches;
    private readonly byte[] _rowKey;

    internal StateTopicSink(TopicTouches touches, byte[] rowKey)
    {
        _touches = touches;
        _rowKey = rowKey;
    }

    /// <summary>Marks one topic as touched by the command; marking it again changes nothing.</summary>
    /// <param name="space">The space.</param>
    /// <param name="key">The topic's key.</param>
    public void Touch(StateTopicSpace space, ReadOnlySpan<byte> key) => _touches.Add(space, key, _rowKey);
}
