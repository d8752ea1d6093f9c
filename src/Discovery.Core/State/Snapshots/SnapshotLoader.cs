using System.Buffers.Binary;
using System.Text;

namespace Discovery.State.Snapshots;

/// <summary>
/// Builds a state from the records of a snapshot. Until <see cref="Finish"/> returns, nothing of it is visible to anyone.
/// </summary>
internal sealed class SnapshotLoader
{
    private const int GuidBytes = 16;
    private const int StatusMax = (int)CommandStatus.TooManyChanges;

    private readonly StateSchema _schema;
    private readonly TableEditor?[] _tables;
    private readonly bool[] _spaces;
    private readonly bool[] _modules;
    private readonly int[] _versions;
    private readonly TopicEditor _topics;
    private readonly ClientEditor _clients = new(ClientRoot.Empty);
    private StateMeta? _meta;
    private TableEditor? _table;
    private StateTopicSpace? _space;
    private bool _hasClients;
    private byte _expected;
    private ulong _missing;
    private ulong _missingOutcomes;
    private byte[] _lastKey = [];

    public SnapshotLoader(StateSchema schema)
    {
        _schema = schema;
        _tables = new TableEditor?[schema.Tables.Length];
        _spaces = new bool[schema.TopicSpaces.Length];
        _modules = new bool[schema.ModuleNames.Length];
        _versions = new int[schema.ModuleNames.Length];
        Array.Fill(_versions, 1);
        _topics = new TopicEditor(schema.TopicSpaces, TopicRoot.Create(schema.TopicSpaces.Length));
    }

    public static DiscoveryException Refused(string reason, Exception? inner = null) =>
        new(DiscoveryError.InvalidRequest, $"The snapshot is refused and nothing was changed: {reason}.", WriteOutcome.NotApplied, inner);

    public void Load(ReadOnlySpan<byte> record)
    {
        byte kind = record[0];
        var body = new SnapshotFields(record[1..]);
        if (_meta is null != kind is SnapshotFormat.Meta)
        {
            throw Refused("its records are out of order");
        }

        switch (kind)
        {
            case SnapshotFormat.Meta:
                LoadMeta(body);
                break;
            case SnapshotFormat.Module:
                LoadModule(body);
                break;
            case SnapshotFormat.Table:
                LoadTable(body);
                break;
            case SnapshotFormat.TopicSpace:
                LoadSpace(body);
                break;
            case SnapshotFormat.Clients:
                LoadClients(body);
                break;
            case SnapshotFormat.Row or SnapshotFormat.Topic or SnapshotFormat.Client or SnapshotFormat.Outcome:
                LoadMember(kind, body);
                break;
            default:
                throw Refused($"it holds a section of kind {kind}, which this server does not know");
        }
    }

    public StateSnapshot Finish(ulong hash)
    {
        EndSection();
        if (_meta is null || !_hasClients)
        {
            throw Refused("it is incomplete");
        }

        var tables = new TableRoot[_tables.Length];
        for (int i = 0; i < tables.Length; i++)
        {
            tables[i] = _tables[i]?.ToRoot() ?? _schema.Tables[i].CreateRoot();
        }

        StateMeta meta = _meta with { SchemaVersions = _versions };
        var snapshot = new StateSnapshot(_schema, meta, tables, _topics.ToRoot(), _clients.ToRoot());
        return snapshot.ComputeHash() == hash ? snapshot : throw Refused("its content does not have the hash that it states");
    }

    private void LoadMeta(SnapshotFields body)
    {
        ulong index = body.Number();
        Guid lineage = body.Id();
        ulong restoreIndex = body.Number();
        long clusterTicks = (long)body.Number();
        long wallTicks = (long)body.Number();
        ulong ahead = body.IsEnd ? 0 : body.Number();
        bool isValid = restoreIndex <= index && index <= long.MaxValue && ahead <= index && clusterTicks >= 0
            && wallTicks >= DateTimeOffset.MinValue.UtcTicks && wallTicks <= DateTimeOffset.MaxValue.UtcTicks;
        if (!isValid || !body.IsEnd)
        {
            throw Refused("its first record is malformed");
        }

        _meta = new StateMeta(
            index, lineage, restoreIndex, new TimeSpan(clusterTicks), new DateTimeOffset(wallTicks, TimeSpan.Zero), _versions)
        {
            Ahead = ahead,
        };
    }

    private void LoadModule(SnapshotFields body)
    {
        EndSection();
        int version = body.Int32();
        string name = body.Text();
        int id = _schema.IndexOfModule(name);
        if (id < 0)
        {
            throw Refused($"it was written with the module \"{name}\", which this server does not have");
        }

        if (version < 1 || version > _schema.SupportedVersions[id])
        {
            throw Refused(
                $"module \"{name}\" has schema version {version} in it, and this server knows up to {_schema.SupportedVersions[id]}");
        }

        Once(ref _modules[id], $"module \"{name}\"");
        _versions[id] = version;
    }

    private void LoadTable(SnapshotFields body)
    {
        EndSection();
        ulong changeIndex = Checked(body.Number());
        ulong rows = body.Number();
        string name = body.Text();
        StateTable table = Array.Find(_schema.Tables, table => table.FullName == name)
            ?? throw Refused($"it holds the table \"{name}\", which this server does not have");
        bool isLoaded = _tables[table.Id] is not null;
        Once(ref isLoaded, $"table \"{name}\"");
        _table = _tables[table.Id] = table.CreateRoot().Edit();
        _table.ChangeIndex = changeIndex;
        BeginSection(SnapshotFormat.Row, rows);
    }

    private void LoadSpace(SnapshotFields body)
    {
        EndSection();
        ulong floor = Checked(body.Number());
        ulong topics = body.Number();
        string name = body.Text();
        _space = Array.Find(_schema.TopicSpaces, space => space.FullName == name)
            ?? throw Refused($"it holds the topics \"{name}\", which this server does not have");
        Once(ref _spaces[_space.Id], $"topics \"{name}\"");
        _topics.LoadFloor(_space, floor);
        BeginSection(SnapshotFormat.Topic, topics);
    }

    private void LoadClients(SnapshotFields body)
    {
        EndSection();
        ulong clients = body.Number();
        ulong outcomes = body.Number();
        Once(ref _hasClients, "the table of clients");
        if (!body.IsEnd)
        {
            throw Refused("its table of clients is malformed");
        }

        BeginSection(SnapshotFormat.Client, clients);
        _missingOutcomes = outcomes;
    }

    private void LoadMember(byte kind, SnapshotFields body)
    {
        if (kind == SnapshotFormat.Outcome && _expected == SnapshotFormat.Client && _missing == 0)
        {
            BeginSection(SnapshotFormat.Outcome, _missingOutcomes);
            _missingOutcomes = 0;
        }

        if (kind != _expected || _missing == 0)
        {
            throw Refused("its records are out of order");
        }

        _missing--;
        try
        {
            LoadMemberCore(kind, body);
        }
        catch (Exception e) when (e is not DiscoveryException and not OutOfMemoryException)
        {
            throw Refused($"a record of {SectionName()} cannot be read", e);
        }
    }

    private void LoadMemberCore(byte kind, SnapshotFields body)
    {
        switch (kind)
        {
            case SnapshotFormat.Row:
                ulong rowIndex = Checked(body.Number());
                byte[] rowKey = NextKey(body.Bytes(body.Int32()));
                if (!_table!.TryLoad(rowKey, rowIndex, body.Rest()))
                {
                    throw Refused($"a row of {SectionName()} cannot be read");
                }

                break;
            case SnapshotFormat.Topic:
                ulong topicIndex = Checked(body.Number());
                byte absent = body.Byte();
                byte[] topicKey = NextKey(body.Rest());
                if (_space!.Rows is { } rows && (absent != 1 || _tables[rows.Id]?.Has(topicKey) == true))
                {
                    throw Refused($"{SectionName()} hold one whose row is there");
                }

                _topics.Load(_space, topicKey, absent == 1, topicIndex);
                break;
            case SnapshotFormat.Client:
                byte[] id = NextKey(body.Bytes(GuidBytes));
                ulong highest = body.Number();
                _clients.LoadClient(new Guid(id, bigEndian: true), new ClientRow(highest, Checked(body.Number())));
                break;
            default:
                byte[] key = NextKey(body.Bytes(GuidBytes + sizeof(ulong)), isBigEndianTail: true);
                ulong outcomeIndex = Checked(body.Number());
                byte status = body.Byte();
                if (status > StatusMax)
                {
                    throw Refused($"it holds a command's outcome of kind {status}, which this server does not know");
                }

                (Guid client, ulong sequence) = ClientEditor.ReadOutcomeKey(key);
                _clients.LoadOutcome(client, sequence, new CommandOutcome(outcomeIndex, (CommandStatus)status, body.Rest().ToArray()));
                break;
        }
    }

    private ulong Checked(ulong index) => index <= _meta!.Index ? index : throw Refused("it holds a change that is newer than itself");

    // Keys come strictly in order, so that there is one snapshot only of a state.
    private byte[] NextKey(ReadOnlySpan<byte> read, bool isBigEndianTail = false)
    {
        byte[] key = read.ToArray();
        if (isBigEndianTail)
        {
            Span<byte> sequence = key.AsSpan(GuidBytes);
            BinaryPrimitives.WriteUInt64BigEndian(sequence, BinaryPrimitives.ReadUInt64LittleEndian(sequence));
        }

        if (_lastKey.AsSpan().SequenceCompareTo(key) >= 0)
        {
            throw Refused($"the keys of {SectionName()} are out of order");
        }

        return _lastKey = key;
    }

    private void BeginSection(byte expected, ulong count)
    {
        _expected = expected;
        _missing = count;
        _lastKey = [];
    }

    private void EndSection()
    {
        if (_missing != 0 || _missingOutcomes != 0)
        {
            throw Refused($"{SectionName()} is incomplete");
        }

        _expected = 0;
    }

    private string SectionName() => _expected switch
    {
        SnapshotFormat.Row => $"table \"{_table!.Table.FullName}\"",
        SnapshotFormat.Topic => $"topics \"{_space!.FullName}\"",
        _ => "the table of clients",
    };

    private static void Once(ref bool seen, string what)
    {
        if (seen)
        {
            throw Refused($"it holds {what} twice");
        }

        seen = true;
    }
}
