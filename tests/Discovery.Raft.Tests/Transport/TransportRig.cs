using Discovery.Testing;

namespace Discovery.Transport;

/// <summary>Servers on one kernel whose connections are in memory.</summary>
internal sealed class TransportRig
{
    public TransportRig(SimulationKernel kernel, TransportOptions? options = null, int servers = 2)
    {
        Kernel = kernel;
        Options = options ?? new TransportOptions();
        for (int number = 1; number <= servers; number++)
        {
            Servers.Add(new RigServer(this, number));
            Directory.Set(Messages.Id(number).Node, new PeerAddress("server", number));
        }
    }

    public SimulationKernel Kernel { get; }

    public TransportOptions Options { get; }

    public StaticPeerDirectory Directory { get; } = new();

    public List<RigServer> Servers { get; } = [];

    /// <summary>The connections so far, the newest last.</summary>
    public List<StreamPair> Wires { get; } = [];

    /// <summary>The size of a connection's buffer in each direction.</summary>
    public int WireBytes { get; set; } = 64 * 1024;

    /// <summary>Runs a test of two servers.</summary>
    public static void Run(Func<TransportRig, RigServer, RigServer, Task> body, TransportOptions? options = null)
    {
        var kernel = new SimulationKernel();
        var rig = new TransportRig(kernel, options);
        kernel.Run(() => body(rig, rig.Servers[0], rig.Servers[1]));
    }

    /// <summary>Moves time.</summary>
    public Task AdvanceAsync(double seconds) => Kernel.AdvanceAsync(TimeSpan.FromSeconds(seconds));

    /// <summary>Both directions of the newest connection lose all from here on, and nobody is told.</summary>
    public void LoseWire()
    {
        Wires[^1].ToServer.Lose();
        Wires[^1].ToClient.Lose();
    }
}
