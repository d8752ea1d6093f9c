using System.Buffers.Binary;
using Discovery.Wire;

namespace Discovery.Answering;

/// <summary>
/// Answers queries from the catalog: bytes in, bytes out. One thread at a time; its memory is used again for each packet.
/// </summary>
/// <remarks>
/// There are two ways to a reply. Addresses and ports of services whose instances all have addresses are copied together from records
/// that are kept, encoded, with the service's view; how many fit is arithmetic. Everything else, and everything as Consul 1.8.7 would
/// have it, goes through a list of records that is written with name compression, and again with fewer when it is too long.
/// </remarks>
internal sealed partial class AnswerWorker
{
    private readonly CatalogRecords _catalog;
    private readonly Picker _picker;
    private readonly QuestionName _name = new();
    private readonly RecordList _records = new();
    private readonly List<ListedRecord> _rebuilt = [];
    private readonly List<ExternalName> _wanted = [];
    private readonly MessageWriter _writer = new();
    private int[] _picks = [];
    private uint[] _seen = [];
    private uint _seenGeneration;

    private DnsSettings _settings;
    private ExternalRecords? _external;
    private DnsQuery _query;
    private AnswerRequest _request;
    private byte[] _zone;
    private int _rcode;
    private bool _isAuthoritative;
    private bool _isSelection;
    private bool _isTruncated;
    private bool _claimsRecursion;

    public AnswerWorker(CatalogRecords catalog, DnsSettings settings, ulong seed)
    {
        _catalog = catalog;
        _settings = settings;
        _zone = settings.Domain;
        _picker = new Picker(seed);
    }

    /// <summary>The names outside that the last answer needs, when its kind is <see cref="AnswerKind.Resolve"/>.</summary>
    public IReadOnlyList<ExternalName> Wanted => _wanted;

    /// <summary>The type of the last question; 0 when there was none.</summary>
    public int QuestionType => _query.Type;

    /// <summary>Answers a packet.</summary>
    /// <param name="packet">What came in.</param>
    /// <param name="reply">Where the reply is written; at least 65,535 bytes.</param>
    /// <param name="request">Who asks, and when.</param>
    /// <param name="settings">The options.</param>
    /// <param name="external">What recursors have said already; null at first.</param>
    public AnswerResult Answer(
        ReadOnlySpan<byte> packet, Span<byte> reply, in AnswerRequest request, DnsSettings settings, ExternalRecords? external = null)
    {
        _settings = settings;
        _request = request;
        _external = external;
        QueryVerdict verdict = DnsQuery.Read(packet, settings.HasQuirks, out _query);
        if (verdict != QueryVerdict.Answer)
        {
            return Refuse(packet, reply, verdict);
        }

        if (request.Seed != 0)
        {
            _picker.State = request.Seed;
        }

        ulong seed = _picker.State;
        _name.Load(packet.Slice(DnsQuery.HeaderBytes, _query.NameLength));
        _records.Clear();
        _wanted.Clear();
        _zone = settings.Domain;
        _rcode = DnsRcode.NoError;
        _isAuthoritative = true;
        _isSelection = false;
        _isTruncated = false;
        _claimsRecursion = false;
        _hasOwners = false;
        bool isForward = false;
        int length;
        try
        {
            length = Route(packet, reply, out isForward);
        }
        catch (DiscoveryException)
        {
            // The catalog cannot tell: a witness has none. That is no proof that the name does not exist.
            _records.Clear();
            _wanted.Clear();
            _rcode = DnsRcode.ServFail;
            _isAuthoritative = false;
            length = Finish(packet, reply);
        }

        return isForward ? new AnswerResult(AnswerKind.Forward, Seed: seed)
            : _wanted.Count > 0 ? new AnswerResult(AnswerKind.Resolve, Seed: seed)
            : new AnswerResult(AnswerKind.Reply, length, _rcode, _isTruncated, seed);
    }

    /// <summary>Writes a reply without records, such as the refusal of a packet or the failure of all recursors.</summary>
    /// <returns>Its bytes.</returns>
    public static int WriteEmpty(
        Span<byte> reply, ReadOnlySpan<byte> packet, in DnsQuery query, int flags, int rcode, bool isConsul)
    {
        int kept = query.Flags & (DnsFlags.RecursionDesired | DnsFlags.CheckingDisabled);
        int at = MessageWriter.WriteHead(reply, packet, query, DnsFlags.Response | kept | flags | (rcode & DnsFlags.Rcode));
        return MessageWriter.WriteOpt(reply, at, packet, query, rcode, isConsul);
    }

    private AnswerResult Refuse(ReadOnlySpan<byte> packet, Span<byte> reply, QueryVerdict verdict)
    {
        if (verdict == QueryVerdict.Drop)
        {
            return default;
        }

        if (verdict == QueryVerdict.BadVers)
        {
            int bytes = WriteEmpty(reply, packet, _query, 0, DnsRcode.BadVers, isConsul: false);
            return new AnswerResult(AnswerKind.Reply, bytes, DnsRcode.BadVers);
        }

        int rcode = verdict == QueryVerdict.NotImp ? DnsRcode.NotImp : DnsRcode.FormErr;
        const int kept = DnsFlags.Opcode | DnsFlags.RecursionDesired | DnsFlags.CheckingDisabled;
        int length = MessageWriter.WriteHead(reply, packet, _query, DnsFlags.Response | (_query.Flags & kept) | rcode);
        return new AnswerResult(AnswerKind.Reply, length, rcode);
    }

    private int Route(ReadOnlySpan<byte> packet, Span<byte> reply, out bool isForward)
    {
        isForward = false;
        if (_query.Class != DnsClass.IN && !(_query.Class == DnsClass.ANY || _settings.HasQuirks))
        {
            _isAuthoritative = false;
            _rcode = DnsRcode.Refused;
            return Finish(packet, reply);
        }

        int labels = LabelsInZone();
        if (labels >= 0)
        {
            return AnswerZone(packet, reply, labels);
        }

        if (_name.Count > 0 && _name.Label(_name.Count - 1).SequenceEqual("arpa"u8) && AnswerPointer(out bool isFound) && isFound)
        {
            return Finish(packet, reply);
        }

        isForward = _settings.HasRecursors;
        if (!isForward && _rcode == DnsRcode.NoError)
        {
            _isAuthoritative = false;
            _rcode = DnsRcode.Refused;
        }

        return isForward ? 0 : Finish(packet, reply);
    }

    // The longest domain wins: the second one may lie below the first.
    private int LabelsInZone()
    {
        int labels = _name.LabelsBefore(_settings.Domain);
        if (_settings.AltDomain is { } alternative && (labels < 0 || alternative.Length > _settings.Domain.Length)
            && _name.LabelsBefore(alternative) is >= 0 and var below)
        {
            _zone = _settings.HasQuirks ? _settings.Domain : alternative;
            return below;
        }

        return labels;
    }

    private int AnswerZone(ReadOnlySpan<byte> packet, Span<byte> reply, int labels)
    {
        ushort type = _query.Type;
        if (type == DnsType.AXFR)
        {
            _rcode = DnsRcode.NotImp;
            return Finish(packet, reply);
        }

        if (type is DnsType.SOA or DnsType.NS && (labels == 0 || _settings.HasQuirks))
        {
            AnswerApex(type);
            return Finish(packet, reply);
        }

        if (_request.IsLeaderless)
        {
            _rcode = DnsRcode.ServFail;
            return Finish(packet, reply);
        }

        ParsedName parsed = ParsedName.Parse(_name, labels, type, _settings.DatacenterLabel);
        switch (parsed.Kind)
        {
            case NameKind.Service:
                return AnswerService(packet, reply, parsed.Parts);
            case NameKind.Node:
                AnswerNode(parsed.Parts);
                break;
            case NameKind.Address:
                AnswerAddress(parsed.Parts);
                break;
            case NameKind.Unknown when _settings.HasQuirks && IsNodeElsewhere(labels):
                break;
            case NameKind.Apex or NameKind.Parent when !_settings.HasQuirks:
                AddSoa(_records.Authorities);
                break;
            default:
                NoSuchName();
                break;
        }

        return Finish(packet, reply);
    }

    // Consul looks at the type of a question about a node first, and at the datacenter only for types that it knows.
    private bool IsNodeElsewhere(int labels) =>
        _query.Type is not (DnsType.A or DnsType.AAAA or DnsType.ANY or DnsType.TXT)
        && labels > 0 && ParsedName.Parse(_name, labels, _query.Type, _name.Label(labels - 1)).Kind == NameKind.Node;

    private void NoSuchName()
    {
        _rcode = DnsRcode.NXDomain;
        AddSoa(_records.Authorities);
    }

    private int HeadFlags(int rcode) =>
        DnsFlags.Response
        | (_query.Flags & (DnsFlags.Opcode | DnsFlags.RecursionDesired | DnsFlags.CheckingDisabled))
        | (_isAuthoritative ? DnsFlags.Authoritative : 0)
        | (_isTruncated ? DnsFlags.Truncated : 0)
        | (_settings.HasRecursors || _claimsRecursion ? DnsFlags.RecursionAvailable : 0)
        | rcode;

    private int ClientBytes => _request.IsTcp ? ushort.MaxValue : Math.Max(512, _query.HasOpt ? (int)_query.OptSize : 512);

    private int AllowedBytes => _request.IsTcp ? ushort.MaxValue : Math.Min(ClientBytes, _request.UdpBytesMax);

    // Clients that can take no more than 512 bytes get a few answers only.
    private int AnswersMax => _request.IsTcp || ClientBytes > 512 ? int.MaxValue
        : _settings.HasQuirks ? Math.Min(8, _settings.UdpAnswerLimit)
        : _settings.UdpAnswerLimit > 0 ? _settings.UdpAnswerLimit : int.MaxValue;

    // What a list is cut to is told where the options say so, and always where our own limit is the reason.
    private bool TellsCut(bool isBySize) =>
        _settings.TellsTruncation || (isBySize && !_settings.HasQuirks && _request.UdpBytesMax < ClientBytes && !_request.IsTcp);

    private int Finish(ReadOnlySpan<byte> packet, Span<byte> reply)
    {
        if (_wanted.Count > 0)
        {
            return 0;
        }

        int head = MessageWriter.WriteHead(reply, packet, _query, 0);
        int opt = MessageWriter.OptBytes(_query);
        int length = Trim(reply, head, opt);
        BinaryPrimitives.WriteUInt16BigEndian(reply[2..], (ushort)HeadFlags(_rcode));
        return MessageWriter.WriteOpt(reply, length, packet, _query, _rcode, _settings.HasQuirks);
    }

    private uint NextSeen(int count)
    {
        if (_seen.Length < count)
        {
            _seen = new uint[Math.Max(64, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)count))];
            _seenGeneration = 0;
        }

        if (++_seenGeneration == 0)
        {
            Array.Clear(_seen);
            _seenGeneration = 1;
        }

        return _seenGeneration;
    }
}
