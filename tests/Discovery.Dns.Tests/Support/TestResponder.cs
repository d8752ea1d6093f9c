using Discovery.Answering;

namespace Discovery.Support;

/// <summary>The answering core without sockets.</summary>
internal sealed class TestResponder(IServiceCatalog catalog, DnsSettings settings, ulong seed)
{
    public const long Now = 1_900_000_000;

    private readonly AnswerWorker _worker = new(new CatalogRecords(catalog, new RecordMaker(settings)), settings, seed);
    private readonly byte[] _reply = new byte[65_535];

    public int UdpBytesMax { get; set; } = 8192;

    public AnswerWorker Worker => _worker;

    public AnswerResult Answer(ReadOnlySpan<byte> packet, bool isTcp = false, ExternalRecords? external = null) =>
        _worker.Answer(packet, _reply, new AnswerRequest(isTcp, UdpBytesMax, Now), settings, external);

    public ReadOnlySpan<byte> Bytes(AnswerResult result) => _reply.AsSpan(0, result.Length);

    public ParsedMessage Ask(byte[] packet, bool isTcp = false, ExternalRecords? external = null)
    {
        AnswerResult result = Answer(packet, isTcp, external);
        return result.Kind == AnswerKind.Reply
            ? new ParsedMessage(Bytes(result))
            : throw new InvalidOperationException($"No reply but {result.Kind}");
    }

    public ParsedMessage Ask(string name, string type, int? size = null, bool isTcp = false) =>
        Ask(QueryBuilder.Make(name, type, size), isTcp);
}
