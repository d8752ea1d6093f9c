namespace Discovery.Storage;

/// <summary>An open file. Reads may come from any thread while one writes.</summary>
internal interface IDiskFile : IDisposable
{
    string Path { get; }

    long Length { get; }

    /// <summary>Reads until the buffer is full or the file ends; how many bytes there were.</summary>
    int Read(long offset, Span<byte> into);

    void Write(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Makes the file this long with zeros that are really on the disk: writing over them needs no room.</summary>
    void Allocate(long length);

    /// <summary>Cuts the file, or makes it longer without taking room.</summary>
    void SetLength(long length);

    /// <summary>Completes when the bytes are on the disk. After a failure nobody knows which are; asking again proves nothing.</summary>
    ValueTask SyncAsync();
}
