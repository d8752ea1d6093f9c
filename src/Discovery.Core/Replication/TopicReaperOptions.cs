namespace Discovery;

/// <summary>When the topics of absent objects are let go.</summary>
public sealed class TopicReaperOptions
{
    /// <summary>How long a topic's object must have been absent.</summary>
    /// <value>15 minutes.</value>
    public TimeSpan AbsentFor { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How often the leader looks.</summary>
    /// <value>1 minute.</value>
    public TimeSpan SampleInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The most topics that one command lets go.</summary>
    /// <value>1,024.</value>
    public int BatchTopics { get; set; } = 1024;
}
