namespace Discovery.Wire;

/// <summary>What is to be done with a packet that came in.</summary>
internal enum QueryVerdict
{
    /// <summary>It is a query: answer it.</summary>
    Answer,

    /// <summary>It is no query, or a response: say nothing, so that two servers never talk to each other for ever.</summary>
    Drop,

    /// <summary>It is malformed.</summary>
    FormErr,

    /// <summary>Its opcode is not QUERY.</summary>
    NotImp,

    /// <summary>Its version of EDNS is not 0.</summary>
    BadVers,
}
