using Discovery.Runtime;
using Discovery.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Discovery.DependencyInjection;

/// <summary>A node with a data directory on a real disk.</summary>
public sealed class DataDirectoryTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("discovery-data-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void NodeId_WithADirectory_IsTheSameAfterARestart()
    {
        Guid first = IdOf(_ => { });
        Guid second = IdOf(_ => { });

        Assert.NotEqual(Guid.Empty, first);
        Assert.Equal(first, second);
        Assert.Equal(first.ToString("D"), File.ReadAllText(Path.Combine(_directory, "node-id")));
    }

    [Fact]
    public void NodeId_GivenByOption_Wins()
    {
        Guid kept = IdOf(_ => { });
        var given = new Guid("11111111-2222-3333-4444-555555555555");

        Assert.Equal(given, IdOf(options => options.NodeId = given));
        Assert.Equal(kept, IdOf(_ => { }));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not an id")]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    public void NodeId_DamagedFile_IsSetAsideAndAnotherIdMade(string text)
    {
        string path = Path.Combine(_directory, "node-id");
        File.WriteAllText(path, text);

        Guid id = IdOf(_ => { });

        Assert.Equal(text, File.ReadAllText(path + ".damaged"));
        Assert.Equal(id, IdOf(_ => { }));
    }

    [Fact]
    public void NodeId_FileOfConsul_IsRead()
    {
        File.WriteAllText(Path.Combine(_directory, "node-id"), "6242d844-9194-7b3c-2bb9-b01162ef4c67\n");

        Assert.Equal(new Guid("6242d844-9194-7b3c-2bb9-b01162ef4c67"), IdOf(_ => { }));
    }

    [Fact]
    public void Restart_KeptAndDeclared_ComeBackAsTheyShould()
    {
        var kept = new AgentRegisterOptions { Lifetime = RegistrationLifetime.DataDirectory };
        Run(_ => { }, async node =>
        {
            foreach (string name in (string[])["db", "web"])
            {
                await node.Node.Agent.RegisterServiceAsync(
                    new ServiceRegistration { Name = name, Port = 5, Checks = { new() { Ttl = TimeSpan.FromMinutes(10) } } }, kept);
            }

            await node.Node.Agent.UpdateCheckAsync("service:db", CheckStatus.Passing, "ok", RegistrationLifetime.DataDirectory);
            await node.Node.Agent.SetNodeMaintenanceAsync(MaintenanceMode.On, "disk", RegistrationLifetime.DataDirectory);
        });
        string[] files = Directory.GetFiles(_directory, "*.json", SearchOption.AllDirectories);
        Assert.Equal(4, files.Length);
        if (!OperatingSystem.IsWindows())
        {
            foreach (string path in files)
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            }
        }

        Run(builder => builder.AddService("web", static s => s.Port = 6), node =>
        {
            Assert.Equal(["db 5", "web 6"], node.Node.Agent.Services.Select(static s => $"{s.Service.Id} {s.Service.Port}"));
            Assert.Equal(
                ["_node_maintenance Critical disk", "service:db Passing "],
                node.Node.Agent.Checks.Select(static c => $"{c.Check.CheckId} {c.Check.Status} {c.Check.Notes}"));
            Assert.Equal("db", node.Catalog.Find("db").All.Single().Service.Name);
            return Task.CompletedTask;
        });
        Assert.Equal(3, Directory.GetFiles(_directory, "*.json", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public void Start_DirectoryThatIsAFile_FailsNamingIt()
    {
        string path = Path.Combine(_directory, "file");
        File.WriteAllText(path, "");

        DiscoveryException e = Assert.Throws<DiscoveryException>(() => Run(
            builder => builder.Services.Configure<NodeOptions>(options => options.DataDirectory = path), static _ => Task.CompletedTask));

        Assert.Equal(DiscoveryError.StorageFailed, e.Error);
        Assert.Contains(path, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_DirectoryOfARunningNode_IsRefusedUntilThatOneEnds()
    {
        DiscoveryException? refused = null;
        Run(_ => { }, _ =>
        {
            refused = Assert.Throws<DiscoveryException>(() => Run(static _ => { }, static _ => Task.CompletedTask));
            return Task.CompletedTask;
        });

        Assert.Equal(
            (DiscoveryError.StorageFailed, $"Data directory {_directory} is in use by another node. Stop that one, or give this one a "
                + "directory of its own."),
            (refused!.Error, refused.Message));
        Assert.NotEqual(Guid.Empty, IdOf(_ => { }));
    }

    [Fact]
    public void PhysicalFileSystem_LockedFile_IsNobodyElsesUntilItIsGivenBack()
    {
        var files = new PhysicalFileSystem();
        string path = Path.Combine(_directory, "lock");
        using (IDisposable? first = files.Lock(path))
        {
            Assert.NotNull(first);
            Assert.Null(files.Lock(path));
        }

        using IDisposable? second = files.Lock(path);
        Assert.NotNull(second);
        Assert.Throws<DirectoryNotFoundException>(() => files.Lock(Path.Combine(_directory, "nowhere", "lock")));
    }

    [Fact]
    public void PhysicalFileSystem_WriteSyncMoveDelete_DoWhatTheySay()
    {
        var files = new PhysicalFileSystem();
        string folder = Path.Combine(_directory, "a", "b");
        string path = Path.Combine(folder, "one");
        files.CreateDirectory(folder);
        files.Write(path, "long text"u8);
        files.Write(path, "short"u8);
        files.Sync(path);
        files.Write(path + ".tmp", "new"u8);
        files.Move(path + ".tmp", path);
        files.SyncDirectory(folder);

        Assert.Equal("new"u8.ToArray(), files.Read(path));
        Assert.Equal(["one"], files.ListFiles(folder));
        files.Delete(path);
        files.Delete(path);
        Assert.False(files.Exists(path));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Throws<IOException>(() => files.SyncDirectory(Path.Combine(_directory, "nowhere")));
        }
    }

    private Guid IdOf(Action<NodeOptions> configure)
    {
        Guid id = Guid.Empty;
        Run(builder => builder.Services.Configure(configure), node =>
        {
            id = node.Node.Id;
            return Task.CompletedTask;
        });
        return id;
    }

    private void Run(Action<IDiscoveryBuilder> configure, Func<TestNode, Task> body)
    {
        var kernel = new SimulationKernel(1);
        kernel.Run(async () =>
        {
            await using var node = new TestNode(kernel, builder =>
            {
                builder.Services.Configure<NodeOptions>(options => options.DataDirectory = _directory);
                configure(builder);
            });
            await node.StartAsync();
            await body(node);
            await node.StopAsync();
        });
    }
}
