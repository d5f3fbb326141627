package pull_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/credentials"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/providers/pull"
	"github.com/cargomedia/s3export/providers/s3"
	"github.com/cargomedia/s3export/providers/simulator"
)

const childVariable = "PULL_CHILD"

// order is what a child process is to do.
type order struct {
	Info          simulator.Info
	Endpoint      string
	Root          string
	Items, Ledger string // files
	Fetched       string // file that holds how many bytes were fetched
	Resident      string // file for the most memory in KiB; empty: it is not asked for
	Concurrency   int
}

// obey copies in a process that is there to be killed.
func obey(text string) error {
	var o order
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		return err
	}
	raw, err := os.ReadFile(o.Items)
	if err != nil {
		return err
	}
	var items []providers.Item
	if err := json.Unmarshal(raw, &items); err != nil {
		return err
	}
	kept, err := keptIn(o.Ledger)
	if err != nil {
		return err
	}
	client, err := s3.New(s3.Options{
		Credentials: credentials.NewStaticCredentialsProvider(o.Info.AccessKeyID, o.Info.SecretAccessKey, ""), Region: o.Info.Region, Endpoint: o.Endpoint,
	})
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(o.Root)
	if err != nil {
		return err
	}
	ledger, err := os.OpenFile(o.Ledger, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	fetched, err := os.Create(o.Fetched)
	if err != nil {
		return err
	}
	tell := func(p pull.Progress) {
		var raw [8]byte
		binary.LittleEndian.PutUint64(raw[:], uint64(p.Fetched))
		_, _ = fetched.WriteAt(raw[:], 0)
	}
	_, err = pull.New(pull.Options{Client: client, Concurrency: o.Concurrency, Progress: tell}).Copy(context.Background(), root, each(items[len(kept):]), func(batch []providers.Copied) error {
		var b bytes.Buffer
		for _, c := range batch {
			line, _ := json.Marshal(c)
			b.Write(append(line, '\n'))
		}
		_, err := ledger.Write(b.Bytes())
		return errors.Join(err, ledger.Sync())
	})
	if o.Resident != "" {
		err = errors.Join(err, os.WriteFile(o.Resident, []byte(resident()), 0o600))
	}
	return err
}

// resident is the most memory that this process has had, in KiB. What rusage says of a
// child is that of its parent where that has more.
func resident() string {
	text, _ := os.ReadFile("/proc/self/status")
	_, found, _ := strings.Cut(string(text), "VmHWM:")
	return strings.Fields(found + " 0")[0]
}

func keptIn(name string) ([]providers.Copied, error) {
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var all []providers.Copied
	for s := bufio.NewScanner(f); s.Scan(); {
		var c providers.Copied
		if err := json.Unmarshal(s.Bytes(), &c); err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

func number(variable string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(variable)); err == nil {
		return n
	}
	return otherwise
}

var _ = Describe("a copy that is killed", func() {
	It("goes on where it was, with next to nothing fetched twice", func(ctx context.Context) {
		// PULL_MIB and PULL_KILLS make it a night's work.
		total, kills := number("PULL_MIB", 100), number("PULL_KILLS", 12)
		w := newWorld(ctx, simulator.Bucket{})
		all, size := w.fill(ctx, total*mib)
		items := w.items(ctx)
		dir := GinkgoT().TempDir()
		o := order{Info: w.info, Root: w.dir, Items: filepath.Join(dir, "items"), Ledger: filepath.Join(dir, "ledger"), Fetched: filepath.Join(dir, "fetched"), Concurrency: 8}
		raw, err := json.Marshal(items)
		Expect(err).NotTo(HaveOccurred())
		Expect(os.WriteFile(o.Items, raw, 0o600)).To(Succeed())

		p := newProxy(w.info.Endpoint)
		var limit atomic.Int64
		var victim atomic.Pointer[os.Process]
		seen := func(passed int64) {
			if v := victim.Load(); v != nil && passed >= limit.Load() {
				_ = v.Kill()
			}
		}
		p.seen.Store(&seen)
		o.Endpoint = p.URL
		text, err := json.Marshal(o)
		Expect(err).NotTo(HaveOccurred())
		died, fetched := 0, int64(0)
		for done := false; !done; {
			limit.Store(p.passed.Load() + rand.Int64N(2*size/int64(kills)))
			if died >= kills {
				limit.Store(1 << 60)
			}
			child := exec.CommandContext(ctx, os.Args[0], "-test.run=TestPull")
			child.Env = append(os.Environ(), childVariable+"="+string(text))
			var said bytes.Buffer
			child.Stderr = &said
			Expect(child.Start()).To(Succeed())
			victim.Store(child.Process)
			err := child.Wait()
			victim.Store(nil)
			if raw, err := os.ReadFile(o.Fetched); err == nil && len(raw) == 8 {
				fetched += int64(binary.LittleEndian.Uint64(raw))
				_ = os.Remove(o.Fetched)
			}
			done = err == nil
			if !done {
				Expect(child.ProcessState.ExitCode()).To(Equal(-1), said.String())
				died++
			}
		}
		kept, err := keptIn(o.Ledger)
		Expect(err).NotTo(HaveOccurred())
		w.check(&ledger{dir: w.dir, kept: kept}, all)
		twice := 100 * float64(fetched-size) / float64(size)
		GinkgoWriter.Printf("%d kills in %d objects of %d MiB: %.2f %% were fetched twice\n", died, len(items), size>>20, twice)
		AddReportEntry("fetched twice", fmt.Sprintf("%d kills, %d objects, %d MiB: %.2f %%", died, len(items), size>>20, twice), ReportEntryVisibilityAlways)
		Expect(died).To(BeNumerically(">", kills/3))
	})
})

// fill puts objects of many sizes into the bucket: half of the bytes in large ones.
func (w *world) fill(ctx context.Context, total int) (map[string][]byte, int64) {
	all := map[string][]byte{}
	var sum int64
	put := func(key string, content []byte) {
		all[key] = content
		sum += int64(len(content))
	}
	for i := 0; sum < int64(total); i++ {
		key := fmt.Sprintf("d%02d/%06d", i/500, i)
		switch {
		case i%400 == 399:
			content := random(uint64(i), 24*mib+i)
			w.upload(ctx, key, "", content[:8*mib], content[8*mib:16*mib], content[16*mib:])
			put(key, content)
		case i%100 == 50:
			content := random(uint64(i), 10*mib+i*11)
			w.put(ctx, key, content)
			put(key, content)
		default:
			content := random(uint64(i), rand.IntN(4)*rand.IntN(100_000))
			w.put(ctx, key, content)
			put(key, content)
		}
	}
	return all, sum
}
