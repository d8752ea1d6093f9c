using Discovery.Protocol;
using Discovery.Testing;
using Discovery.Transport;

namespace Discovery.Autopilot;

/// <summary>Servers that look for a cluster over a network that delays, loses and splits, and that crash.</summary>
internal sealed class FormationRig
{
    private readonly Random _random;
    private readonly FormationNode[] _nodes;
    private readonly Dictionary<(int From, int To), bool> _cut = [];

    public FormationRig(SimulationKernel kernel, int servers, int expect)
    {
        Kernel = kernel;
        _random = kernel.CreateRandom();
        Addresses = [.. Enumerable.Range(1, servers).Select(static number => new PeerAddress("server", number))];
        _nodes = [.. Enumerable.Range(1, servers).Select(number => new FormationNode(this, number, expect))];
    }

    public SimulationKernel Kernel { get; }

    public IReadOnlyList<PeerAddress> Addresses { get; }

    public IReadOnlyList<FormationNode> Nodes => _nodes;

    /// <summary>The part of all messages that is lost.</summary>
    public double Loss { get; set; }

    /// <summary>The longest delay of a message.</summary>
    public TimeSpan DelayMax { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>The clusters that somebody belongs to.</summary>
    public IReadOnlyList<Guid> Clusters =>
        [.. _nodes.Select(static node => node.Identity.Cluster).Where(static cluster => cluster != Guid.Empty).Distinct()];

    /// <summary>Cuts each direction between two servers, or not, as chance has it.</summary>
    public void Split(double part)
    {
        _cut.Clear();
        for (int from = 1; from <= _nodes.Length; from++)
        {
            for (int to = 1; to <= _nodes.Length; to++)
            {
                _cut[(from, to)] = from != to && _random.NextDouble() < part;
            }
        }
    }

    public async Task<Hello> AskAsync(FormationNode from, PeerAddress to, FormationVote? vote, CancellationToken cancellationToken)
    {
        FormationNode other = _nodes[to.Port - 1];
        Hello hello = from.Identity.Say((byte)Purpose.Introduction, VoterId.None) with { Vote = vote };
        await CarryAsync(from.Number, other.Number, cancellationToken);
        Hello answer = await other.AnswerAsync(hello, cancellationToken);
        await CarryAsync(other.Number, from.Number, cancellationToken);
        return answer;
    }

    private async Task CarryAsync(int from, int to, CancellationToken cancellationToken)
    {
        await Task.Delay(DelayMax * _random.NextDouble(), Kernel.Time, cancellationToken);
        if (_cut.GetValueOrDefault((from, to)) || (from != to && _random.NextDouble() < Loss))
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, Kernel.Time, cancellationToken);
        }
    }

    /// <summary>One server; what it has on its disk outlives it.</summary>
    internal sealed class FormationNode(FormationRig rig, int number, int expect) : IIntroducer
    {
        private FormationVote _disk = FormationVote.None;
        private FormationAcceptor? _acceptor;
        private CancellationTokenSource _life = new();
        private Task _looking = Task.CompletedTask;

        public int Number => number;

        public TransportIdentity Identity { get; private set; } = new(Messages.Id(number), $"s{number}", Guid.Empty);

        public RecordingLogger<FormationTests> Told { get; } = new();

        public void BeWitness() => Identity = new TransportIdentity(Messages.Id(number), $"s{number}", Guid.Empty) { IsWitness = true };

        public bool IsUp { get; private set; }

        public FormationVote Disk => _disk;

        /// <summary>Whether it goes along with everybody, whatever it promised before.</summary>
        public bool Forgets { get; set; }

        public void Start()
        {
            IsUp = true;
            _life = new CancellationTokenSource();
            _acceptor = new FormationAcceptor(_disk, SaveAsync);
            var parts = new FormationParts(rig.Addresses, expect, new ServerList(), rig.Kernel.CreateRuntime(), Told);
            var finder = new ServerFinder(this, Identity, parts);
            if (Identity.Cluster == Guid.Empty)
            {
                var formation = new ClusterFormation(finder, Identity, _acceptor, parts);
                CancellationToken life = _life.Token;
                _looking = rig.Kernel.Start(() => LookAsync(formation, life));
            }
        }

        public async Task CrashAsync()
        {
            IsUp = false;
            await _life.CancelAsync();
            await _looking;
        }

        public Task<Hello> AskAsync(PeerAddress address, FormationVote? vote, CancellationToken cancellationToken) =>
            rig.AskAsync(this, address, vote, cancellationToken);

        public async Task<Hello> AnswerAsync(Hello hello, CancellationToken cancellationToken)
        {
            if (!IsUp)
            {
                throw new IOException("refused");
            }

            Hello answer = Identity.Say((byte)HelloRefusal.None, VoterId.None);
            FormationAcceptor acceptor = Forgets ? new FormationAcceptor(FormationVote.None, static _ => Task.CompletedTask) : _acceptor!;
            return await new Introductions(Identity, new ServerList(), acceptor).AnswerAsync(hello, answer, cancellationToken);
        }

        private async Task LookAsync(ClusterFormation formation, CancellationToken life)
        {
            try
            {
                Identity.Cluster = await formation.RunAsync(life);
            }
            catch (OperationCanceledException)
            {
                // It crashed.
            }
        }

        private async Task SaveAsync(FormationVote vote)
        {
            FormationAcceptor? before = _acceptor;
            await Task.Delay(TimeSpan.FromMilliseconds(2), rig.Kernel.Time);
            if (before == _acceptor && IsUp)
            {
                _disk = vote;
            }
            else
            {
                throw new IOException("it has crashed");
            }
        }
    }
}
