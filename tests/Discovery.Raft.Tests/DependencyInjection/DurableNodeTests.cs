using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Discovery.DependencyInjection;

/// <summary>A node with a data directory, on the real disk: what it has acknowledged is there after a restart.</summary>
public sealed class DurableNodeTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("discovery-raft-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Restart_OfANode_KeepsKeysSessionsAndServices()
    {
        Guid lineage;
        ulong index;
        using (IHost host = Build())
        {
            await host.StartAsync();
            IKeyValueStore store = host.Services.GetRequiredService<IKeyValueStore>();
            for (int i = 0; i < 100; i++)
            {
                Assert.True((await store.PutAsync($"app/{i}", Encoding.UTF8.GetBytes($"value {i}"))).IsApplied);
            }

            StateSnapshot state = host.Services.GetRequiredService<StateMachine>().Current;
            (lineage, index) = (state.Lineage, state.Index);
            await host.StopAsync();
        }

        using (IHost host = Build())
        {
            await host.StartAsync();
            IKeyValueStore store = host.Services.GetRequiredService<IKeyValueStore>();
            for (int i = 0; i < 100; i++)
            {
                Assert.Equal($"value {i}", Encoding.UTF8.GetString(store.Get($"app/{i}")!.Value.Span));
            }

            StateSnapshot state = host.Services.GetRequiredService<StateMachine>().Current;
            Assert.Equal(lineage, state.Lineage);
            Assert.True(state.Index >= index);
            await host.StopAsync();
        }
    }

    [Fact]
    public async Task Restart_AfterManySnapshots_BeginsWithTheNewest()
    {
        for (int life = 0; life < 3; life++)
        {
            using IHost host = Build(static raft => raft.SnapshotEntries = 100);
            await host.StartAsync();
            IKeyValueStore store = host.Services.GetRequiredService<IKeyValueStore>();
            if (life > 0)
            {
                Assert.Equal((life * 300) - 1, BitConverter.ToInt32(store.Get("counter")!.Value.Span));
            }

            for (int i = 0; i < 300; i++)
            {
                Assert.True((await store.PutAsync("counter", BitConverter.GetBytes((life * 300) + i))).IsApplied);
            }

            await host.StopAsync();
            Assert.NotEmpty(Directory.GetFiles(Path.Combine(_directory, "raft", "snapshots")));
        }
    }

    [Fact]
    public async Task Start_OnTheDirectoryOfAnotherNode_IsRefusedAndChangesNothing()
    {
        using (IHost host = Build())
        {
            await host.StartAsync();
            await host.StopAsync();
        }

        string[] before = Directory.GetFiles(_directory, "*", SearchOption.AllDirectories);
        using IHost other = Build(node: static node => node.NodeId = new Guid("99999999-0000-0000-0000-000000000001"));
        DiscoveryException refused = await Assert.ThrowsAnyAsync<DiscoveryException>(() => other.StartAsync());
        Assert.Contains(_directory, refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, Directory.GetFiles(_directory, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Start_WithoutADataDirectory_SaysThatOneIsNeeded()
    {
        using IHost host = Build(node: static node => node.DataDirectory = null);
        OptionsValidationException refused = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.Contains("NodeOptions.DataDirectory: AddRaft keeps the log on the disk", refused.Message, StringComparison.Ordinal);
    }

    private IHost Build(Action<RaftOptions>? raft = null, Action<NodeOptions>? node = null)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Services.AddDiscovery(options =>
            {
                options.NodeName = "node-1";
                options.DataDirectory = _directory;
                node?.Invoke(options);
            })
            .AddKeyValue()
            .AddRaft(raft);
        return builder.Build();
    }
}
