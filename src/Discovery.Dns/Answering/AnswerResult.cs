namespace Discovery.Answering;

/// <summary>What came out of answering a packet.</summary>
/// <param name="Kind">What is to be done.</param>
/// <param name="Length">The bytes of the reply.</param>
/// <param name="Rcode">Its response code.</param>
/// <param name="IsTruncated">Whether records were left out for lack of room.</param>
/// <param name="Seed">The seed of the random choices, to make the same ones again.</param>
internal readonly record struct AnswerResult(
    AnswerKind Kind, int Length = 0, int Rcode = 0, bool IsTruncated = false, ulong Seed = 0);
