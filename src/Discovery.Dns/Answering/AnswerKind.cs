namespace Discovery.Answering;

/// <summary>What came out of answering a packet.</summary>
internal enum AnswerKind
{
    /// <summary>Nothing is sent.</summary>
    Silence,

    /// <summary>A reply is ready.</summary>
    Reply,

    /// <summary>The question is the recursors' to answer.</summary>
    Forward,

    /// <summary>Addresses of names outside are needed: look up what is wanted, and answer again.</summary>
    Resolve,
}
