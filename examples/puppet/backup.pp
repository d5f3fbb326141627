# One backup of one bucket on one drive, in the directory that the service watches.
#
#   s3export::backup { 'videos-a':
#     serial  => 'WD-WCC4E0000005',
#     bucket  => 'videos',
#     address => { 'name' => 'Jane Roe', ... },
#   }
#
# stdlib::to_json comes with puppetlabs-stdlib.
define s3export::backup (
  String $serial,
  String $bucket,
  Hash   $address,
  String $run   = '1',
  Boolean $once = false,
) {
  $spec = "/etc/s3export/backups.d/${name}.yaml"

  file { $spec:
    owner        => 'root',
    group        => 'root',
    mode         => '0644',
    content      => epp('s3export/backup.yaml.epp', {
      'name'    => $name,
      'serial'  => $serial,
      'bucket'  => $bucket,
      'run'     => $run,
      'address' => $address,
    }),
    # A bad spec never replaces a good one: no network, no root, milliseconds.
    validate_cmd => 's3export validate -f %',
  }

  # Where no service watches the directory: act only if there is something to do.
  # A wait, such as for the parcel, is no difference.
  if $once {
    exec { "s3export apply ${name}":
      command => "s3export apply -f ${spec}",
      unless  => "s3export diff -q -f ${spec}",
      path    => ['/usr/bin', '/usr/local/bin', '/bin'],
      timeout => 3600,
      require => File[$spec],
    }
  }
}
