using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;

namespace Discovery.Packaging;

[Trait("Kind", "Packaging")]
[Collection(nameof(PackedPackages))]
public sealed class PackageContentTests(PackedPackages packages)
{
    public static TheoryData<string> Packages => [.. PackedPackages.Names];

    [Fact]
    public void Pack_OfThisRepository_MakesAPackageAndSymbolsEach()
    {
        var expected =
            from name in PackedPackages.Names
            from extension in (string[])["nupkg", "snupkg"]
            select $"{name}.{packages.Version}.{extension}";
        Assert.Equal(expected, Directory.EnumerateFiles(packages.Feed).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void Pack_Package_HoldsLibraryDocsAndReadme(string name)
    {
        using ZipArchive archive = Open(name, "nupkg");
        Assert.Equal(
            [$"lib/net10.0/{name}.dll", $"lib/net10.0/{name}.xml", "README.md", $"{name}.nuspec"],
            archive.Entries.Select(entry => entry.FullName)
                .Where(entry => entry.Split('/')[0] is not ("_rels" or "package" or "[Content_Types].xml"))
                .OrderBy(entry => Array.IndexOf([".dll", ".xml", ".md", ".nuspec"], Path.GetExtension(entry))));
        Assert.StartsWith($"# {name}\n", Read(archive, "README.md"), StringComparison.Ordinal);
        Assert.Contains($"<name>{name}</name>", Read(archive, $"lib/net10.0/{name}.xml"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void Pack_Package_DescribesItself(string name)
    {
        using ZipArchive archive = Open(name, "nupkg");
        XElement metadata = XDocument.Parse(Read(archive, $"{name}.nuspec")).Root!.Elements().Single();
        Assert.Equal(name, Value(metadata, "id"));
        Assert.Equal("MIT", Value(metadata, "license"));
        Assert.Equal("README.md", Value(metadata, "readme"));
        Assert.NotEmpty(Value(metadata, "description"));
        Assert.NotEqual("Package Description", Value(metadata, "description"));
        Assert.Contains("service-discovery", Value(metadata, "tags").Split(' '));
        Assert.DoesNotContain(metadata.Elements(), element => element.Name.LocalName == "projectUrl");
        Assert.All(
            metadata.Descendants().Where(element => element.Name.LocalName == "dependency"),
            dependency => Assert.Matches(@"^(Discovery|Microsoft\.Extensions)\.", (string)dependency.Attribute("id")!));
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void Pack_Symbols_BelongToTheLibrary(string name)
    {
        using ZipArchive archive = Open(name, "nupkg");
        using ZipArchive symbols = Open(name, "snupkg");
        using PEReader library = new(Copy(archive, $"lib/net10.0/{name}.dll"));
        Guid expected = library.ReadCodeViewDebugDirectoryData(
            library.ReadDebugDirectory().First(entry => entry.Type == DebugDirectoryEntryType.CodeView)).Guid;
        using MetadataReaderProvider pdb = MetadataReaderProvider.FromPortablePdbStream(Copy(symbols, $"lib/net10.0/{name}.pdb"));
        Assert.Equal(expected, new BlobContentId(pdb.GetMetadataReader().DebugMetadataHeader!.Id).Guid);
    }

    private ZipArchive Open(string name, string extension) =>
        ZipFile.OpenRead(Path.Combine(packages.Feed, $"{name}.{packages.Version}.{extension}"));

    private static string Value(XElement metadata, string name) =>
        metadata.Elements().Single(element => element.Name.LocalName == name).Value;

    private static string Read(ZipArchive archive, string entry) => new StreamReader(Copy(archive, entry)).ReadToEnd();

    private static MemoryStream Copy(ZipArchive archive, string entry)
    {
        using Stream source = archive.GetEntry(entry)!.Open();
        MemoryStream copy = new();
        source.CopyTo(copy);
        copy.Position = 0;
        return copy;
    }
}
